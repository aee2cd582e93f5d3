using OrleansChat.Protocol.Line;
using OrleansChat.Verification.Fuzzing.Oracles;

namespace OrleansChat.Verification.Fuzzing;

/// <summary>The pieces from which lines and texts are made.</summary>
internal static class Vocabulary
{
    /// <summary>The commands. One that the oracle does not know is left out; a separate test reports that.</summary>
    public static readonly CommandForm[] Forms = [.. CommandTable.Forms.Where(form => NaiveParser.Commands.Contains(form.Word))];

    /// <summary>The names of the commands.</summary>
    public static readonly string[] Commands = Array.ConvertAll(Forms, form => form.Word);

    /// <summary>Words that may occur in a line, right or wrong, as Latin-1.</summary>
    public static readonly string[] Words =
        [.. Commands, "messi", "henderson", "once-1", "id\xc3\xa9", "AUTH",
         "8e6b1c9e-6c0d-4d0b-9f0e-0d6a3a4f6f0a", new('i', 64), new('i', 65)];

    /// <summary>White space that is trimmed from words but does not separate them.</summary>
    public static readonly string[] WhiteSpace = ["\t", "\v", "\f", "\r"];

    /// <summary>Characters that a careless parser confuses with others: UTF-8, as Latin-1.</summary>
    public static readonly string[] Odd =
        [.. WhiteSpace, "\0", "\x7f", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
         "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xef\xbf\xbf", "\x1c",
         "\xc2\x80", "\xc2\x85", "\xc2\xa0", "\xe2\x80\x83", "\xef\xbb\xbf", "a", "\"", "\\"];

    /// <summary>Bytes that are not UTF-8, or only with the right bytes around them, as Latin-1.</summary>
    public static readonly string[] Broken =
        ["\xff", "\xc3", "\x80", "\xe9", "\xe2\x82", "\xf0\x9f\x98", "\xed\xa0\x80",
         "\xed\xbf\xbf", "\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80",
         "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80"];

    /// <summary>Pieces of names and texts of replies.</summary>
    public static readonly string[] Texts =
        ["halo", "Lionel Messi", " ", "\r\n", "\"", "\\", "/", "\b", "\f", "\t", "\0",
         "\x1f", "~", "\x7f", "\x80", "é", "ÿ", "Ā", "\u07ff", "\u0800", "€",
         "\u2028", "\ud7ff", "\ue000", "\ufeff", "\ufffd", "\uffff", "\U00010000", "\U0001f600", "\U0010ffff", "{}", "[],:", "\\u0000"];
}
