using System.Text;

namespace OrleansChat.Terminal.Input;

/// <summary>
/// How people's bytes are decoded. What cannot be decoded is an error, never U+FFFD: a password with that in it would be opened by
/// every byte that cannot be decoded.
/// </summary>
internal static class InputEncoding
{
    private static readonly string[] _variables = ["LC_ALL", "LC_CTYPE", "LANG"];

    /// <summary>UTF-8 to the letter.</summary>
    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The encoding of arguments, of the standard input and of the keyboard: the locale's; UTF-8 where it names none that is known.
    /// </summary>
    public static Encoding OfLocale(Func<string, string?> environment)
    {
        if (OperatingSystem.IsWindows())
            return Strict(Console.InputEncoding.CodePage);
        var locale = _variables.Select(environment).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        var charset = Plain(locale.Split('@')[0].Split('.') is [_, var name] ? name : "");
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var known = Encoding.GetEncodings().FirstOrDefault(known => charset == Plain(known.Name) || charset == $"cp{known.CodePage}");
        return known is null || known.CodePage == Utf8.CodePage ? Utf8 : Strict(known.CodePage);
    }

    // de_DE.ISO-8859-15 is written de_DE.iso885915 as well.
    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static Encoding Strict(int codePage) =>
        Encoding.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
}
