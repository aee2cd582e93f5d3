using System.Security.Cryptography;
using System.Text;

namespace OrleansChat.Storage.Roles;

/// <summary>
/// The verifier that PostgreSQL stores for a password (SCRAM-SHA-256, RFC 5802 and 7677). It is computed here, as psql's
/// <c>\password</c> does: a statement with the password itself could end up in the server's log.
/// </summary>
internal static class ScramVerifier
{
    /// <summary>PostgreSQL's own values.</summary>
    private const int Iterations = 4096, SaltBytes = 16;

    /// <summary>Computes the verifier of a password of printable ASCII, with a new salt.</summary>
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
