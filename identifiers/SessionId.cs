using System.Security.Cryptography;
using System.Text;

namespace OrleansChat.Identifiers;

/// <summary>
/// Names a session to its owner: 32 hexadecimal digits, which open nothing. They are made of the session's key, which is itself a hash of
/// the token, so nobody finds either from them.
/// </summary>
public static class SessionId
{
    private const int Length = 32;

    /// <summary>The id of the session with a key that <see cref="GrainKeys.ForSession"/> made.</summary>
    public static string Of(string sessionKey) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sessionKey)))[..Length];
}
