using System.Text;

namespace OrleansChat.Terminal.Input;

/// <summary>
/// The program's arguments as they were given. On Unix they are bytes, and .NET decodes them as UTF-8, with U+FFFD for anything that
/// is not; so a doubtful argument is read again from its bytes.
/// </summary>
internal static class Arguments
{
    private const string CommandLine = "/proc/self/cmdline";

    /// <summary>The arguments in the locale's encoding; throws <see cref="NotTextException"/> for one that cannot be decoded.</summary>
    public static string[] Read(string[] decoded, Encoding encoding)
    {
        var isSure = encoding.CodePage == Encoding.UTF8.CodePage && !decoded.Any(MayBeBroken);
        if (isSure || OperatingSystem.IsWindows())
            return decoded;
        return Decode(decoded, File.Exists(CommandLine) ? File.ReadAllBytes(CommandLine) : [], encoding);
    }

    /// <summary>
    /// Decodes the last words of a command line, each of which ends with NUL; without that line, doubtful arguments are refused.
    /// </summary>
    internal static string[] Decode(string[] decoded, byte[] commandLine, Encoding encoding)
    {
        var words = new List<byte[]>();
        for (var rest = commandLine.AsSpan(); rest.IndexOf((byte)0) is var end && end >= 0; rest = rest[(end + 1)..])
            words.Add(rest[..end].ToArray());
        if (words.Count <= decoded.Length)
            return Array.FindIndex(decoded, MayBeBroken) is var broken && broken >= 0 ? throw NotText(broken) : decoded;

        return [.. words.TakeLast(decoded.Length).Select((word, index) =>
        {
            try
            {
                return encoding.GetString(word);
            }
            catch (DecoderFallbackException)
            {
                throw NotText(index);
            }
        })];

        NotTextException NotText(int index) => new($"Argument {index + 1}", encoding);
    }

    private static bool MayBeBroken(string argument) => argument.Contains('\uFFFD');
}
