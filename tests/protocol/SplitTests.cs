using System.Text;
using OrleansChat.Protocol.Line;

namespace OrleansChat.Protocol.Tests;

/// <summary>
/// Lines that sit on an edge, each split at every byte. A line is written as Latin-1; <c>…</c> stands for a filling that
/// makes it as long as the limit.
/// </summary>
public class SplitTests
{
    private const string Token = "2cfe6528-2978-4f7b-b97d-60a4c0a1a89e";
    private const int Limit = 120;

    public static TheoryData<string> Lines =>
    [
        // Each command, and each without its arguments.
        "auth messi surabaya\n", "auth messi \r\n", "auth messi\r\n", "auth\n",
        $"send {Token} henderson Teknik Informatika\r\n", $"send {Token} henderson\n", $"send {Token} henderson \n", $"send {Token}\r\n",
        $"sendonce {Token} once-1 henderson halo\r\n", $"sendonce {Token} once-1\n", $"sendonce {Token}  henderson halo\n",
        "inbox\n", "inbox \r\n", $"inbox {Token}\r\n", "listuser\r\n", $"listuser {Token} more\n", "logout\n", $"logout {Token}\t\r\n",

        // None, and lines that are hardly any.
        "\n", "\r\n", "\r\r\n", " \n", " auth messi surabaya\n", "halo\r\n",
        "AUTH messi surabaya\n", "auth\tmessi\tsurabaya\n", "\0\n", "inbox\0\n",
        "auth messi\rsurabaya\r\n", $"send {Token} henderson a\r b\r\r\n", $"send {Token} henderson \0\x7f\x1c\n", "inbox\rlistuser\n",

        // Characters of two, three and four bytes; halves of them; what was never valid.
        $"send {Token} henderson \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\r\n", "auth \xc2\xa0 \xc2\x85\n", "\xef\xbb\xbfinbox\n",
        "auth m\xc3 surabaya\n", "auth m\xf0\x9f\x98\r\n", "inbox \xed\xa0\x80\n", "inbox \xc0\x80\n", "inbox \xf4\x90\x80\x80\n", "\xff\n",

        // A byte order mark, whole or not, at the start of the stream and elsewhere.
        "\xef\xbb\xbf", "\xef\xbb\xbf\n", "\xef\xbb\xbf\xef\xbb\xbfinbox\n", "\xef\xbb\xbf…\n",
        "\xef\n", "\xef\xbb\n", "\xef\xbbinbox\n", "inbox\n\xef\xbb\xbfinbox\n",
        $"send {Token} henderson \xef\xbb\xbfhalo\n",

        // At the limit, and behind it.
        "inbox …\n", "inbox …\r\n", "inbox …\r\r\n", "inbox …x\n", "inbox …x\r\n",
        "inbox …\rx\n", "inbox …\r\rx\r\n", "inbox …xxx\r\n", "…\xc3\n", "…\r", "…x", "…",
        "…\r\n…\n…x\r\n…x\n", "…x…x…x\r\n",
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_reads_the_same_wherever_it_is_split(string text)
    {
        byte[] stream = [.. Latin(text), .. "inbox\r\n"u8];
        int[] all = [.. Enumerable.Range(0, stream.Length)];
        foreach (int limit in (int[])[Limit, Limit - 1, stream.Length, 7, 1, 0])
        {
            Streams.AssertRead(new(stream, limit, Borders: all, [.. all, stream.Length]));
            Streams.AssertRead(new(stream, limit, Borders: [], [.. all, stream.Length]));
            Streams.AssertRead(new(stream, limit, Borders: all, [stream.Length]));
            foreach (int at in all)
            {
                Streams.AssertRead(new(stream, limit, Borders: [at], [at, stream.Length]));
                Streams.AssertRead(new(stream, limit, Borders: [], [at, stream.Length]));
                Streams.AssertRead(new(stream, limit, Borders: [at], [stream.Length]));
            }
        }
    }

    [Fact]
    public void A_line_of_the_greatest_length_reads_the_same_split_around_its_end()
    {
        foreach (string behind in (string[])["\n", "\r\n", "\r\r\n", "x\n", "x\r\n", "\rx\n"])
        {
            byte[] stream = [.. Encoding.Latin1.GetBytes(new string('x', LineReader.MaxLineLength) + behind), .. "inbox\r\n"u8];
            for (int at = LineReader.MaxLineLength - 2; at <= stream.Length; at++)
                Streams.AssertRead(new(stream, LineReader.MaxLineLength, Borders: [at], [at, stream.Length]));
        }
    }

    // The filling goes up to the limit, counted from the start of its line.
    private static byte[] Latin(string text)
    {
        StringBuilder filled = new();
        int start = 0;
        foreach (char unit in text)
        {
            if (unit == '…') filled.Append('x', Math.Max(0, start + Limit - filled.Length));
            else filled.Append(unit);
            if (unit == '\n') start = filled.Length;
        }

        return Encoding.Latin1.GetBytes(filled.ToString());
    }
}
