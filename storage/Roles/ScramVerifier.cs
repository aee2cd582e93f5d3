using System.Security.Cryptography;
using System.Text;

namespace OrleansChat.Storage.Roles;

/// <summary>
/// What PostgreSQL keeps of a password (SCRAM-SHA-256, RFC 5802 and 7677), made here as <c>\password</c> of psql does it: the
/// password itself would stand in the statement, and with it in the server's log.
/// </summary>
internal static class ScramVerifier
{
    /// <summary>PostgreSQL's own figures.</summary>
    private const int Iterations = 4096, SaltBytes = 16;

    /// <summary>The verifier of a password of printable ASCII, under a new salt.</summary>
    public static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.ASCII.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, HMACSHA256.HashSizeInBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}"
            + $"${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }
}
