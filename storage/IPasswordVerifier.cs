namespace OrleansChat.Storage;

/// <summary>Checks passwords against their hashes: slow by intent, so never on a grain's turn.</summary>
public interface IPasswordVerifier
{
    /// <summary>Checks a password on another thread; waits while as many checks as there are processors are under way.</summary>
    Task<PasswordVerdict> VerifyAsync(string hash, string password);
}

/// <summary>The verdict on a password.</summary>
/// <param name="IsRight">Whether it was right.</param>
/// <param name="Rehashed">Its hash by today's parameters, where it was right and they have grown; otherwise null.</param>
public readonly record struct PasswordVerdict(bool IsRight, string? Rehashed);
