using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Xunit;
using OrleansChat.Protocol.Line;
using OrleansChat.Verification.Fuzzing.Oracles;

namespace OrleansChat.Protocol.Tests;

public class JsonTextTests
{
    [Fact]
    public void Every_ascii_character_is_escaped_as_it_must_be()
    {
        for (char unit = '\0'; unit <= '\x7f'; unit++)
            AssertEscapes(unit.ToString(), NaiveJson.Escape(unit.ToString()));
    }

    [Theory]
    [InlineData("\"\\\b\f\n\r\t", "\\\"\\\\\\b\\f\\n\\r\\t")]
    [InlineData("\0\u001f\u007f", "\\u0000\\u001f\\u007f")]
    [InlineData("/<>&'+~ ", "/<>&'+~ ")]
    [InlineData("caf\u00e9 \U0001f600", "caf\\u00e9 \\ud83d\\ude00")]
    [InlineData("\u0080\u07ff\u0800\uffff\U00010000\U0010ffff", "\\u0080\\u07ff\\u0800\\uffff\\ud800\\udc00\\udbff\\udfff")]
    [InlineData("", "")]
    public void Escapes_are_those_of_json_dumps(string text, string escaped) => AssertEscapes(text, escaped);

    // Both numbers are those of Python's json.dumps("".join(map(chr, all code points but surrogates)))[1:-1].
    [Fact]
    public void All_of_unicode_comes_out_as_from_json_dumps()
    {
        string all = string.Concat(Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value).ToString()));
        ArrayBufferWriter<byte> output = new();
        JsonText.Write(output, Encoding.UTF8.GetBytes(all));
        Assert.Equal(12_963_347, output.WrittenCount);
        Assert.Equal(
            "a25934b598bca174ecc3ae5828dd0f0dd160f8add34157a2a940bdc482ecb058",
            Convert.ToHexStringLower(SHA256.HashData(output.WrittenSpan)));
        Assert.Equal(output.WrittenCount, JsonText.EscapedLength(all));
        Assert.Equal(output.WrittenCount, JsonText.EscapedLength(Encoding.UTF8.GetBytes(all)));
    }

    [Property(MaxTest = 2000)]
    public void Any_text_is_escaped_as_the_oracle_does(UnicodeString text) => AssertEscapesAsOracle(text.Get);

    [Property(MaxTest = 2000)]
    public void Mixed_runs_are_escaped_as_the_oracle_does(NonNull<string> plain, UnicodeString text) =>
        AssertEscapesAsOracle(string.Concat(Enumerable.Repeat(plain.Get + text.Get, 20)));

    [Fact]
    public void Invalid_utf8_becomes_the_replacement_character() =>
        Assert.Equal("a\\ufffdb", Written.By(output => JsonText.Write(output, [(byte)'a', 0xff, (byte)'b'])));

    private static void AssertEscapesAsOracle(string text)
    {
        // Half a surrogate pair has no UTF-8.
        string valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        AssertEscapes(valid, NaiveJson.Escape(valid));
    }

    private static void AssertEscapes(string text, string escaped)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Assert.Equal(escaped, Written.By(output => JsonText.Write(output, utf8)));
        Assert.Equal(escaped, Written.By(output => JsonText.Write(output, text)));
        Assert.Equal(escaped.Length, JsonText.EscapedLength(utf8));
        Assert.Equal(escaped.Length, JsonText.EscapedLength(text));
    }
}
