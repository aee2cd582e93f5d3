namespace OrleansChat.Storage.Accounts;

/// <summary>Checks passwords against their hashes, and makes these. Slow on purpose, so never call it on a grain's turn.</summary>
public interface IPasswordVerifier
{
    /// <summary>Checks a password on another thread; waits its turn while the maximum number of checks runs.</summary>
    /// <param name="hash">The hash to check it against.</param>
    /// <param name="password">The password as the user typed it.</param>
    /// <param name="address">The address that it came from; addresses take turns.</param>
    /// <returns>The verdict; null if too many wait already, and the password was not checked.</returns>
    Task<PasswordVerdict?> VerifyAsync(string hash, string password, string address);

    /// <summary>Hashes a new password on another thread, in the same turns.</summary>
    /// <param name="password">The password, which must be valid.</param>
    /// <param name="address">The address that it came from.</param>
    /// <returns>The hash; null if too many wait already.</returns>
    Task<string?> HashInTurnAsync(string password, string address);
}

/// <summary>The verdict on a password.</summary>
/// <param name="IsRight">Whether the password was right.</param>
/// <param name="Rehashed">A new hash to store, if the password was right and its hash is outdated; otherwise null.</param>
public readonly record struct PasswordVerdict(bool IsRight, string? Rehashed);
