using System.Security.Cryptography;
using System.Text;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// Tells whether two messages of one sender are the same, without keeping either: the first 16 bytes of an HMAC-SHA256 of recipient and
/// text, under a key that is the sender's account's and goes with its erasure.
/// </summary>
public static class MessageFingerprint
{
    private const int Bytes = 16;

    /// <summary>Makes the fingerprint of a message.</summary>
    /// <param name="key">The key of the sender's account.</param>
    /// <param name="recipient">The recipient's name, as the client gave it.</param>
    /// <param name="text">The text, as it is stored.</param>
    public static byte[] Of(byte[] key, string recipient, byte[] text)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        // No name contains a NUL, so nothing of it can be taken for text.
        hash.AppendData(Encoding.UTF8.GetBytes(recipient + '\0'));
        hash.AppendData(text);
        return hash.GetHashAndReset()[..Bytes];
    }
}
