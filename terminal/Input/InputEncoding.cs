using System.Text;

namespace OrleansChat.Terminal.Input;

/// <summary>
/// How typed and piped bytes are decoded. Bytes that cannot be decoded are an error, never U+FFFD: any other undecodable bytes would
/// open an account whose password holds U+FFFD.
/// </summary>
internal static class InputEncoding
{
    private static readonly string[] _variables = ["LC_ALL", "LC_CTYPE", "LANG"];

    /// <summary>Strict UTF-8.</summary>
    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The encoding of arguments, standard input and keyboard: the locale's, or UTF-8 if the locale does not name a known one.
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

    // Some systems write de_DE.ISO-8859-15 as de_DE.iso885915.
    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static Encoding Strict(int codePage) =>
        Encoding.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
}
