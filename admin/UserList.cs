using System.Text.Json;
using OrleansChat.Storage;
using Spectre.Console;

namespace OrleansChat.Admin;

/// <summary>The list of users, as a table or as JSON.</summary>
internal static class UserList
{
    public static async Task WriteAsync(Accounts accounts, bool asJson)
    {
        var users = await accounts.ListAsync();
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(users, JsonSerializerOptions.Web));
            return;
        }
        var table = new Table().Border(TableBorder.Minimal).AddColumns("user", "name", "state", "sessions");
        foreach (var user in users)
            table.AddRow(Markup.Escape(user.UserName), Markup.Escape(user.DisplayName), user.Enabled ? "enabled" : "disabled", $"{user.Sessions}");
        AnsiConsole.Write(table);
    }
}
