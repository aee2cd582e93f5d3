using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansChat.Gateway.Limits;

/// <summary>How many files, sockets included, this process has open, and may have open, according to Linux.</summary>
internal static partial class OpenFiles
{
    private const string LimitsFile = "/proc/self/limits", Folder = "/proc/self/fd";

    /// <summary>
    /// The limit (<c>ulimit -n</c>, which .NET raises as far as it may) and how many files are open; null where the system does not
    /// tell.
    /// </summary>
    public static (int Limit, int Open)? Read()
    {
        try
        {
            return ParseLimit(File.ReadAllText(LimitsFile)) is { } limit ? (limit, Directory.GetFileSystemEntries(Folder).Length) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The soft limit; null for none.</summary>
    internal static int? ParseLimit(string limits) =>
        int.TryParse(Line().Match(limits).Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : null;

    [GeneratedRegex(@"^Max open files +(\S+) ", RegexOptions.Multiline)]
    private static partial Regex Line();
}
