using System.Text.Json;
using OrleansChat.Storage.Accounts;
using OrleansChat.Terminal;
using Spectre.Console;

namespace OrleansChat.Admin;

/// <summary>Prints the list of users, as a table or as JSON.</summary>
internal static class UserList
{
    // Wider than the longest names need: the library never has to shorten a cell, and a narrower terminal wraps the rows itself.
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
