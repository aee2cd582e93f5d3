using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrleansChat.Verification.Fuzzing;

namespace OrleansChat.Protocol.Tests;

/// <summary>A line without its end, valid or not.</summary>
public sealed record RequestLine(byte[] Bytes)
{
    public override string ToString() => Encoding.Latin1.GetString(Bytes);
}

/// <summary>Lines that look like requests: mostly the right words, with whatever may go wrong between them.</summary>
public static class RequestLines
{
    public static Arbitrary<RequestLine> Arbitrary()
    {
        Gen<string> space = Gen.Frequency((8, Gen.Constant(" ")), (1, Gen.Constant("")), (1, Gen.Constant("  ")));
        Gen<string> word = Gen.Frequency((12, Gen.Elements(Vocabulary.Words)), (2, Gen.Constant("")),
            (2, Gen.Elements(Vocabulary.Odd)), (1, Gen.Elements(Vocabulary.Broken)));
        Gen<string> command = Gen.Frequency((8, Gen.Elements(Vocabulary.Commands)), (1, word));
        Gen<string> decoration = Gen.Frequency((10, Gen.Constant("")), (1, Gen.Elements(Vocabulary.WhiteSpace)));
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
