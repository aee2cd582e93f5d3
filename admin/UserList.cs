using System.Text.Json;
using OrleansChat.Storage.Accounts;
using OrleansChat.Terminal;
using Spectre.Console;

namespace OrleansChat.Admin;

/// <summary>The list of users, as a table or as JSON.</summary>
internal static class UserList
{
    // More than the longest names need: the library never has to make a cell fit, and a narrower terminal wraps the rows by itself.
    private const int Columns = 2_000;

    public static async Task WriteAsync(AccountStore accounts, bool asJson)
    {
        var users = await accounts.ListAsync();
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(users, JsonSerializerOptions.Web));
            return;
        }
        var table = new Table().Border(TableBorder.Minimal).AddColumns("user", "name", "state", "sessions");
        foreach (var user in users)
            table.AddRow(
                Markup.Escape(user.UserName), Markup.Escape(SafeText.ForTerminal(user.DisplayName)),
                user.Enabled ? "enabled" : "disabled", $"{user.Sessions}");
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(Console.Out) });
        console.Profile.Width = Columns;
        console.Write(table);
    }
}
