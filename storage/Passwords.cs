using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace OrleansChat.Storage;

/// <summary>
/// Hashes and checks passwords, with the hasher and in the format of ASP.NET Core Identity (version 3: PBKDF2 with
/// HMAC-SHA512, salt and count in the hash).
/// </summary>
/// <remarks>
/// The count is OWASP's for PBKDF2-HMAC-SHA512: 220,000 (Password Storage Cheat Sheet,
/// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#pbkdf2, as of 2026). A check takes some
/// 50 to 100 ms of a core: the asynchronous forms do at most one a core at once, the rest waits in turn.
/// </remarks>
public sealed class Passwords : IPasswordVerifier, IDisposable
{
    /// <summary>How many rounds a new hash takes.</summary>
    public const int Iterations = 220_000;

    /// <summary>The greatest length of a password, in bytes of UTF-8.</summary>
    public const int MaxBytes = 256;

    private readonly PasswordHasher<object> _hasher;
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);

    // The hasher asks for a user and looks at none.
    private static readonly object NoUser = new();

    /// <summary>Creates a hasher; tests take fewer rounds.</summary>
    public Passwords(int iterations = Iterations) =>
        _hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));

    /// <summary>
    /// Whether a password can be one: not empty, no white space, no NUL (to PBKDF2 a key with zeros behind it is the same
    /// key), no more than <see cref="MaxBytes"/>, proper Unicode.
    /// </summary>
    public static bool IsValid(string password)
    {
        if (password.Length == 0 || password.Any(c => c == '\0' || char.IsWhiteSpace(c)))
            return false;
        try
        {
            return Strict.GetByteCount(password) <= MaxBytes;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>The hash of a password, on the caller's thread.</summary>
    public string Hash(string password) => _hasher.HashPassword(NoUser, password);

    /// <summary>Whether the password is right; and if so, whether the hash should be made anew, as its count is lower than today's.</summary>
    public (bool IsRight, bool NeedsRehash) Verify(string hash, string password)
    {
        var result = _hasher.VerifyHashedPassword(NoUser, hash, password);
        return (result != PasswordVerificationResult.Failed, result == PasswordVerificationResult.SuccessRehashNeeded);
    }

    /// <summary><see cref="Hash"/> on the thread pool.</summary>
    public Task<string> HashAsync(string password, CancellationToken cancellationToken = default) =>
        RunAsync(() => Hash(password), cancellationToken);

    /// <summary><see cref="Verify"/> on the thread pool; what cannot be a password is wrong, and costs nothing.</summary>
    public Task<(bool IsRight, bool NeedsRehash)> VerifyAsync(string hash, string password, CancellationToken cancellationToken = default) =>
        IsValid(password) ? RunAsync(() => Verify(hash, password), cancellationToken) : Task.FromResult((false, false));

    async Task<PasswordVerdict> IPasswordVerifier.VerifyAsync(string hash, string password)
    {
        var (isRight, needsRehash) = await VerifyAsync(hash, password);
        return new PasswordVerdict(isRight, needsRehash ? await HashAsync(password) : null);
    }

    /// <inheritdoc/>
    public void Dispose() => _cores.Dispose();

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _cores.Release();
        }
    }
}
