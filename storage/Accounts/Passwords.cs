using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using OrleansChat.Limits;
using OrleansChat.Storage.Normalization;

namespace OrleansChat.Storage.Accounts;

/// <summary>
/// Hashes and checks passwords, with the hasher and in the format of ASP.NET Core Identity (version 3: PBKDF2 with
/// HMAC-SHA512, salt and count in the hash).
/// </summary>
/// <remarks>
/// The count is OWASP's for PBKDF2-HMAC-SHA512: 220,000 (Password Storage Cheat Sheet,
/// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#pbkdf2, as of 2026). A check takes about
/// 50 to 100 ms of a core, so only a few run at once; the others wait, and addresses take turns.
/// </remarks>
public sealed class Passwords : IPasswordVerifier
{
    /// <summary>The number of PBKDF2 iterations of a new hash.</summary>
    public const int Iterations = 220_000;

    /// <summary>The greatest length of a password, in bytes of UTF-8.</summary>
    public const int MaxBytes = 256;

    /// <summary>The largest number of waiting checks: about ten seconds of a core.</summary>
    internal const int MaxWaiting = 100;

    /// <summary>A hash that no password has, as costly to check as a new one.</summary>
    public static readonly string OfNobody = MakeOfNobody();

    /// <summary>How many passwords are hashed at once by default: one per core, minus one core for everything else.</summary>
    public static readonly int DefaultConcurrency = Math.Max(1, Environment.ProcessorCount - 1);

    private readonly PasswordHasher<object> _hasher;
    private readonly FairTurns _turns;

    // The hasher wants a user but ignores it.
    private static readonly object NoUser = new();

    /// <summary>Creates a hasher with its own queue of checks.</summary>
    /// <param name="iterations">The iterations of a hash; tests use fewer.</param>
    /// <param name="concurrency">How many passwords are hashed at once; 0 for <see cref="DefaultConcurrency"/>.</param>
    public Passwords(int iterations = Iterations, int concurrency = 0)
    {
        _hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
        _turns = new FairTurns(concurrency > 0 ? concurrency : DefaultConcurrency, MaxWaiting);
    }

    /// <summary>
    /// Whether a password is valid: not empty, no white space, no NUL (PBKDF2 ignores zeros at the end of a key), at most
    /// <see cref="MaxBytes"/>, well-formed Unicode.
    /// </summary>
    public static bool IsValid(string password)
    {
        if (password.Length == 0 || password.Any(c => c == '\0' || char.IsWhiteSpace(c))) return false;
        try
        {
            return Strict.GetByteCount(password) <= MaxBytes;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>
    /// Hashes a password on the caller's thread, in Unicode's form KC, because keyboards write one character in several ways.
    /// </summary>
    public string Hash(string password) => _hasher.HashPassword(NoUser, Nfkc.Normalize(password));

    /// <summary>
    /// Checks a password on the caller's thread. A right one needs a new hash if the old one has fewer iterations than today's, or
    /// if it is, as older hashes are, of the password as typed.
    /// </summary>
    public (bool IsRight, bool NeedsRehash) Verify(string hash, string password)
    {
        var normal = Nfkc.Normalize(password);
        var result = _hasher.VerifyHashedPassword(NoUser, hash, normal);
        if (result == PasswordVerificationResult.Failed && normal != password)
        {
            var isRight = _hasher.VerifyHashedPassword(NoUser, hash, password) != PasswordVerificationResult.Failed;
            return (isRight, isRight);
        }
        return (result != PasswordVerificationResult.Failed, result == PasswordVerificationResult.SuccessRehashNeeded);
    }

    /// <summary>Runs <see cref="Hash"/> on the thread pool.</summary>
    public Task<string> HashAsync(string password, CancellationToken cancellationToken = default) =>
        Task.Run(() => Hash(password), cancellationToken);

    /// <inheritdoc/>
    public async Task<PasswordVerdict?> VerifyAsync(string hash, string password, string address)
    {
        // An invalid password is wrong, and costs no hash.
        if (!IsValid(password)) return new PasswordVerdict(false, null);
        if (!await _turns.WaitAsync(address)) return null;
        try
        {
            return await Task.Run<PasswordVerdict?>(() =>
            {
                var (isRight, needsRehash) = Verify(hash, password);
                return new PasswordVerdict(isRight, needsRehash ? Hash(password) : null);
            });
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<string?> HashInTurnAsync(string password, string address)
    {
        if (!await _turns.WaitAsync(address)) return null;
        try
        {
            return await Task.Run(() => Hash(password));
        }
        finally
        {
            _turns.Release();
        }
    }

    // The hasher's format: version 1 of the marker, HMAC-SHA512, iterations, length of the salt, salt, key.
    private static string MakeOfNobody()
    {
        const int KeyBytes = 32, SaltBytes = 16, HeaderBytes = 13, HmacSha512 = 2;
        var hash = new byte[HeaderBytes + SaltBytes + KeyBytes];
        RandomNumberGenerator.Fill(hash);
        hash[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(hash.AsSpan(1), HmacSha512);
        BinaryPrimitives.WriteInt32BigEndian(hash.AsSpan(5), Iterations);
        BinaryPrimitives.WriteInt32BigEndian(hash.AsSpan(9), SaltBytes);
        return Convert.ToBase64String(hash);
    }

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
}
