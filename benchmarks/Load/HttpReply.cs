using System.Buffers.Text;

namespace OrleansChat.Bench.Load;

/// <summary>An answer of HTTP/1.1 that says how long its body is.</summary>
/// <param name="start">How its status line begins.</param>
internal sealed class HttpReply(byte[] start) : ReplyPattern
{
    private static readonly byte[] End = "\r\n\r\n"u8.ToArray(), Length = "\r\nContent-Length: "u8.ToArray();

    public override int Take(ReadOnlySpan<byte> arrived, ref int searched)
    {
        if (!StartsWith(arrived, start)) return 0;
        var from = Math.Max(0, searched - End.Length);
        var end = arrived[from..].IndexOf(End);
        searched = arrived.Length;
        if (end < 0) return 0;
        var headers = arrived[..(from + end)];
        var length = headers.IndexOf(Length);
        if (length < 0 || !Utf8Parser.TryParse(headers[(length + Length.Length)..], out int body, out _))
            throw new BenchException($"An answer without a length: {Shown(arrived)}");
        var all = headers.Length + End.Length + body;
        // The headers are searched again when the rest of the body is here: nearly always all of it comes at once.
        searched = all > arrived.Length ? from : 0;
        return all > arrived.Length ? 0 : all;
    }
}
