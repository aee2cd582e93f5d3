using System.Security.Cryptography;
using System.Text;

namespace OrleansChat.Identifiers;

/// <summary>
/// The one place where grain keys and the names of grain states are minted.
/// </summary>
/// <remarks>
/// Orleans's AdoNet storage folds string keys that parse as a Guid or as hexadecimal ("abc", "ABC" and "0abc" are one row,
/// "007" is "7"): every key starts with a prefix that is neither. It keys a row by the state's name, not by the grain's
/// class: each grain class has a state name of its own.
/// </remarks>
public static class GrainKeys
{
    /// <summary>The grain storage provider's name.</summary>
    public const string StorageName = "chat";

    /// <summary>The state name of <c>UserGrain</c>.</summary>
    public const string UserStateName = "user";

    /// <summary>The state name of <c>SessionGrain</c>.</summary>
    public const string SessionStateName = "session";

    /// <summary>The key of the one <c>PresenceGrain</c>.</summary>
    public const string Presence = "p:all";

    private const string UserPrefix = "u:";
    private const string SessionPrefix = "s:";

    /// <summary>The key of a user's grain.</summary>
    public static string ForUser(string userName) => UserPrefix + userName;

    /// <summary>The user name in a key that <see cref="ForUser"/> made.</summary>
    public static string UserName(string userKey) => userKey[UserPrefix.Length..];

    /// <summary>The key of a session's grain: the SHA-256 of its token, so that neither the database nor a log holds the token.</summary>
    public static string ForSession(ReadOnlySpan<char> token)
    {
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
        return SessionPrefix + Convert.ToHexStringLower(hash);
    }
}
