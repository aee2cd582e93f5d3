using System.Security.Cryptography;
using System.Text;

namespace OrleansChat.Identifiers;

/// <summary>
/// Codes that open something for a while: an invitation, a lost password. 26 letters and digits with 130 random bits, which nobody guesses.
/// Beyond the gateway or the command that makes one, only its digest is known.
/// </summary>
public static class SecretCode
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 26;

    /// <summary>Makes a code.</summary>
    public static string New() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>What is stored of a code: its SHA-256, in hexadecimal digits. With so much chance in it there is nothing to try.</summary>
    public static string DigestOf(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));
}
