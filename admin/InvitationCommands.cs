using System.CommandLine;
using System.Globalization;
using Npgsql;
using OrleansChat.Storage.Accounts;
using OrleansChat.Terminal;

namespace OrleansChat.Admin;

/// <summary>The command <c>invitations</c>: what users have made, which only operators see. Nobody sees the codes.</summary>
internal static class InvitationCommands
{
    /// <param name="run">Runs something on the database that the command line names, and says how it ended.</param>
    public static Command Create(Func<ParseResult, Func<NpgsqlDataSource, Task>, Task<int>> run)
    {
        var id = new Argument<long>("id") { Description = "The invitation's number, as the list shows it." };
        var list = new Command("list", "Lists the invitations that can still be used: who made them, what they open, uses left, expiry.");
        list.SetAction(parsed => run(parsed, ListAsync));
        var withdraw = new Command("withdraw", "Ends an invitation: its code opens nothing from then on.") { id };
        withdraw.SetAction(parsed => run(parsed, source => WithdrawAsync(source, parsed.GetValue(id))));
        return new Command("invitations", "Shows and ends the invitations of users.") { list, withdraw };
    }

    private static async Task ListAsync(NpgsqlDataSource source)
    {
        foreach (var invitation in await new InvitationList(source).ReadAsync())
        {
            var uses = invitation.Uses == 1 ? "1 use" : $"{invitation.Uses} uses";
            var opens = invitation.Room is { } room ? $"#{room}" : "to register";
            var until = invitation.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            Console.WriteLine(SafeText.ForTerminal(
                $"{invitation.Id}  by {invitation.UserName}  {opens}  {uses} left  expires {until} UTC"));
        }
    }

    private static async Task WithdrawAsync(NpgsqlDataSource source, long id)
    {
        if (!await new InvitationList(source).WithdrawAsync(id))
            throw new InputException($"There is no invitation {id}. The command 'invitations list' shows those that there are.");
        Console.WriteLine($"Invitation {id} opens nothing any more. Who has used it stays.");
    }
}
