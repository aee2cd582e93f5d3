using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Terminal;

namespace OrleansChat.Admin;

/// <summary>The commands on one user. Each prints what it did, or what it found.</summary>
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

    public static async Task MakeResetCodeAsync(AccountStore accounts, string user, string? origin)
    {
        origin ??= DatabaseSettings.Read(DatabaseSettings.Origins).Split(',')[0];
        var (code, expiresAt) = await accounts.MakeResetCodeAsync(user);
        Say($"With this code {user} sets a new password, once, until {expiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC:");
        Say(code);
        // What is behind # stays in the browser: no server and no proxy logs it.
        if (origin.Length > 0) Say($"{origin.TrimEnd('/')}/#reset/{user}/{code}");
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
        if ((await accounts.ListAsync()).FirstOrDefault(account => account.UserName == user) is { } account)
            Question.Confirm(
                isSure,
                $"Remove {user} ({SafeText.ForTerminal(account.DisplayName)}) for good? All sessions end; the messages that {user} "
                + $"received are deleted. Those that {user} wrote stay with their recipients, under this name, until it is erased.",
                $"{user} was not removed.");
        await accounts.RemoveAsync(user);
        Say($"Removed {user}; what {user} wrote stays with its recipients. To take the name out of it: erase {user}");
    }

    /// <exception cref="InputException">The person at the terminal declined.</exception>
    public static async Task EraseAsync(AccountStore accounts, string user, bool isSure)
    {
        Question.Confirm(
            isSure, $"Erase {user} for good? What {user} wrote stays with its recipients, without the name.", $"{user} was not erased.");
        var account = await accounts.EraseAsync(user);
        Say($"Erased {user}: what {user} wrote is now from {UserName.ErasedPrefix}{account}. "
            + "The name can be given again after 12 minutes.");
    }

    public static async Task ListBlocksAsync(AccountStore accounts, string user)
    {
        foreach (var peer in await accounts.ListBlocksAsync(user)) Say(peer);
    }

    public static async Task BlockAsync(AccountStore accounts, string user, string peer)
    {
        await accounts.SetBlockedAsync(user, peer, isBlocked: true);
        Say($"{user} has blocked {peer}: messages that {peer} sends to {user} are refused.");
    }

    public static async Task UnblockAsync(AccountStore accounts, string user, string peer)
    {
        await accounts.SetBlockedAsync(user, peer, isBlocked: false);
        Say($"{user} has not blocked {peer} any more.");
    }

    private static void Say(string what) => Console.WriteLine(SafeText.ForTerminal(what));
}
