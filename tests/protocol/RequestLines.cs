using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace OrleansChat.Protocol.Tests;

/// <summary>A line without its end, valid or not.</summary>
public sealed record RequestLine(byte[] Bytes)
{
    public override string ToString() => Encoding.Latin1.GetString(Bytes);
}

/// <summary>Lines that look like requests: mostly the right words, with whatever may go wrong between them.</summary>
public static class RequestLines
{
    private static readonly string[] Words =
        ["auth", "send", "sendonce", "inbox", "listuser", "logout", "messi", "henderson", "once-1", "id\u00e9", "AUTH",
         new('i', 64), new('i', 65)];

    // As Latin-1, so that single bytes of broken sequences can be among them.
    private static readonly string[] Odd =
        ["\t", "\v", "\f", "\r", "\0", "\x7f", "\xc3\xa9", "\xf0\x9f\x98\x80", "\x1c",
         "\xc2\x85", "\xc2\xa0", "a", "\"", "\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80"];

    public static Arbitrary<RequestLine> Arbitrary()
    {
        Gen<string> space = Gen.Frequency((8, Gen.Constant(" ")), (1, Gen.Constant("")), (1, Gen.Constant("  ")));
        Gen<string> word = Gen.Frequency((12, Gen.Elements(Words)), (2, Gen.Constant("")), (2, Gen.Elements(Odd)));
        Gen<string> command = Gen.Frequency((8, Gen.Elements(Words[..6])), (1, word));
        Gen<string> decoration = Gen.Frequency((10, Gen.Constant("")), (1, Gen.Elements(Odd[..4])));
        Gen<string> part = from gap in space
                           from before in decoration
                           from inner in word
                           from behind in decoration
                           select gap + before + inner + behind;
        return (from first in command
                from behind in decoration
                from parts in part.ArrayOf()
                select new RequestLine(Encoding.Latin1.GetBytes(first + behind + string.Concat(parts.Take(8))))).ToArbitrary();
    }
}
