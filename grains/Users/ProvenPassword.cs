using System.Security.Cryptography;
using System.Text;

namespace OrleansChat.Grains.Users;

/// <summary>
/// Remembers that a password was right, by an HMAC-SHA256 under a key that is drawn for it and is nowhere else: it tells nothing to anyone
/// without a copy of this process's memory. Checking it costs a microsecond; the hash that is stored costs some 70 ms.
/// </summary>
internal sealed class ProvenPassword
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
    private readonly byte[] _code;
    private readonly string _storedHash;

    /// <summary>Remembers a password that was right for the hash that is stored of it.</summary>
    public ProvenPassword(string password, string storedHash) => (_code, _storedHash) = (CodeOf(password), storedHash);

    /// <summary>Whether this hash is still stored; after a change of the password it is another.</summary>
    public bool IsFor(string storedHash) => storedHash == _storedHash;

    /// <summary>Whether this is the password, as typed then.</summary>
    public bool Is(string password) => CryptographicOperations.FixedTimeEquals(CodeOf(password), _code);

    private byte[] CodeOf(string password) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(password));
}
