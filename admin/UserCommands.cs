using OrleansChat.Storage.Accounts;
using OrleansChat.Terminal;

namespace OrleansChat.Admin;

/// <summary>The commands on one user. Each prints what it did.</summary>
internal static class UserCommands
{
    public static async Task AddAsync(AccountStore accounts, string user, string name)
    {
        await accounts.AddAsync(user, name, PasswordInput.Read());
        Say($"Added {user} ({name}).");
    }

    public static async Task SetPasswordAsync(AccountStore accounts, string user)
    {
        await accounts.SetPasswordAsync(user, PasswordInput.Read());
        Say($"Set a new password for {user}; all sessions have ended.");
    }

    public static async Task RenameAsync(AccountStore accounts, string user, string name)
    {
        await accounts.RenameAsync(user, name);
        Say($"{user} has the display name {name}.");
    }

    public static async Task DisableAsync(AccountStore accounts, string user)
    {
        await accounts.DisableAsync(user);
        Say($"Disabled {user}; all sessions have ended, the messages are kept.");
    }

    public static async Task EnableAsync(AccountStore accounts, string user)
    {
        await accounts.EnableAsync(user);
        Say($"Enabled {user}.");
    }

    /// <exception cref="InputException">The person at the terminal declined.</exception>
    public static async Task RemoveAsync(AccountStore accounts, string user, bool isSure)
    {
        var asks = !isSure && !Console.IsInputRedirected;
        if (asks && (await accounts.ListAsync()).FirstOrDefault(account => account.UserName == user) is { } account)
        {
            var answer = Question.Ask($"Remove {user} ({SafeText.ForTerminal(account.DisplayName)}), with all messages, for good? [y/N] ");
            if (answer.Trim().ToLowerInvariant() is not ("y" or "yes")) throw new InputException($"{user} was not removed.");
        }
        await accounts.RemoveAsync(user);
        Say($"Removed {user}.");
    }

    private static void Say(string what) => Console.WriteLine(SafeText.ForTerminal(what));
}
