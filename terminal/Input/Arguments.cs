using System.Text;

namespace OrleansChat.Terminal.Input;

/// <summary>
/// The program's arguments as they were given. On Unix they are bytes, and .NET decodes them as UTF-8 with U+FFFD for what is not:
/// so the bytes are looked at where there is a doubt.
/// </summary>
internal static class Arguments
{
    private const string CommandLine = "/proc/self/cmdline";

    /// <summary>The arguments in the locale's encoding; <see cref="NotTextException"/> for one that cannot be decoded.</summary>
    public static string[] Read(string[] decoded, Encoding encoding)
    {
        var isSure = encoding.CodePage == Encoding.UTF8.CodePage && !decoded.Any(MayBeBroken);
        if (isSure || OperatingSystem.IsWindows())
            return decoded;
        return Decode(decoded, File.Exists(CommandLine) ? File.ReadAllBytes(CommandLine) : [], encoding);
    }

    /// <summary>
    /// Decodes the last of the words of a command line, each of which ends with NUL; without it, the doubtful ones are refused.
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
