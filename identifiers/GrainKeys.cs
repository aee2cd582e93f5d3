using System.Security.Cryptography;
using System.Text;

namespace OrleansChat.Identifiers;

/// <summary>
/// Grain keys and the names of grain states. Nothing else makes them.
/// </summary>
/// <remarks>
/// Orleans's AdoNet storage merges string keys that parse as a Guid or as hexadecimal ("abc", "ABC" and "0abc" are one row, "007" is
/// "7"), so every key starts with a prefix that is neither. The storage finds a row by the name of the state, not by the grain's
/// class, so each grain class has a state name of its own.
/// </remarks>
public static class GrainKeys
{
    /// <summary>The name of the grain storage provider.</summary>
    public const string StorageName = "chat";

    /// <summary>The state name of <c>UserGrain</c>.</summary>
    public const string UserStateName = "user";

    /// <summary>The state name of <c>SessionGrain</c>.</summary>
    public const string SessionStateName = "session";

    /// <summary>The key of the one <c>PresenceGrain</c>.</summary>
    public const string Presence = "p:all";

    /// <summary>The key of the one <c>ServerGrain</c>.</summary>
    public const string Server = "v:server";

    private const string UserPrefix = "u:";
    private const string SessionPrefix = "s:";
    private const string RoomPrefix = "r:";

    /// <summary>The key of a user's grain; the name must be valid.</summary>
    public static string ForUser(string userName) => UserPrefix + userName;

    /// <summary>Gets the user name from a key that <see cref="ForUser"/> made.</summary>
    public static string UserName(string userKey) => userKey[UserPrefix.Length..];

    /// <summary>The key of a room's grain; the name must be valid.</summary>
    public static string ForRoom(string roomName) => RoomPrefix + roomName;

    /// <summary>Gets the room name from a key that <see cref="ForRoom"/> made.</summary>
    public static string RoomName(string roomKey) => roomKey[RoomPrefix.Length..];

    /// <summary>The key of a session's grain: the SHA-256 of its token, so that neither the database nor a log holds the token.</summary>
    public static string ForSession(ReadOnlySpan<char> token)
    {
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
        return SessionPrefix + Convert.ToHexStringLower(hash);
    }
}
