using System.Text;

namespace OrleansChat.Bench.Load;

/// <summary>The replies that a load expects; any other reply makes it fail.</summary>
internal abstract class ReplyPattern
{
    /// <summary>The reply of the text protocol to a send.</summary>
    public static ReplyPattern Sent { get; } = new LineReply(
        "{\"status\": \"OK\", \"message\": \"Message Sent\"}\r\n\r\n"u8.ToArray(), isWhole: true);

    /// <summary>Any reply of the text protocol with the status OK, whatever else it holds.</summary>
    public static ReplyPattern Ok { get; } = new LineReply("{\"status\": \"OK\", "u8.ToArray(), isWhole: false);

    /// <summary>The answer over HTTP to a send that was stored by this request, not by an earlier one.</summary>
    public static ReplyPattern Created { get; } = new HttpReply("HTTP/1.1 201 "u8.ToArray());

    /// <summary>The length of the first reply, line ends included; 0 if it has not arrived completely.</summary>
    /// <param name="arrived">The bytes that have arrived.</param>
    /// <param name="searched">How many of them were searched before, in vain; updated for the next call.</param>
    /// <exception cref="BenchException">It is another reply.</exception>
    public abstract int Take(ReadOnlySpan<byte> arrived, ref int searched);

    /// <summary>Checks how a reply starts.</summary>
    /// <returns>Whether as much has arrived.</returns>
    /// <exception cref="BenchException">It is another reply.</exception>
    protected static bool StartsWith(ReadOnlySpan<byte> arrived, ReadOnlySpan<byte> start)
    {
        if (arrived.StartsWith(start)) return true;
        return start.StartsWith(arrived) ? false : throw new BenchException($"Unexpected reply: {Shown(arrived)}");
    }

    /// <summary>The beginning of what has arrived, for a message.</summary>
    protected static string Shown(ReadOnlySpan<byte> arrived) =>
        Encoding.ASCII.GetString(arrived[..Math.Min(400, arrived.Length)]).TrimEnd();
}

/// <summary>A reply of the text protocol.</summary>
/// <param name="start">How it begins.</param>
/// <param name="isWhole">Whether that is all of it.</param>
internal sealed class LineReply(byte[] start, bool isWhole) : ReplyPattern
{
    private static readonly byte[] End = "\r\n\r\n"u8.ToArray();

    public override int Take(ReadOnlySpan<byte> arrived, ref int searched)
    {
        if (!StartsWith(arrived, start)) return 0;
        if (isWhole) return start.Length;
        var from = Math.Max(0, searched - End.Length);
        var end = arrived[from..].IndexOf(End);
        searched = end < 0 ? arrived.Length : 0;
        return end < 0 ? 0 : from + end + End.Length;
    }
}
