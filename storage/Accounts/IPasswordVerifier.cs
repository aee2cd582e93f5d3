namespace OrleansChat.Storage.Accounts;

/// <summary>Checks passwords against their hashes: slow by intent, so never on a grain's turn.</summary>
public interface IPasswordVerifier
{
    /// <summary>Checks a password on another thread; waits its turn while as many are under way as may be.</summary>
    /// <param name="hash">The hash to check it against.</param>
    /// <param name="password">The password.</param>
    /// <param name="address">Where it comes from: addresses take turns.</param>
    /// <returns>The verdict; null where too many wait already, and it was not looked at.</returns>
    Task<PasswordVerdict?> VerifyAsync(string hash, string password, string address);
}

/// <summary>The verdict on a password.</summary>
/// <param name="IsRight">Whether it was right.</param>
/// <param name="Rehashed">Its hash by today's parameters, where it was right and they have grown; otherwise null.</param>
public readonly record struct PasswordVerdict(bool IsRight, string? Rehashed);
