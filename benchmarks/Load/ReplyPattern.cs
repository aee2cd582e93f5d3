using System.Text;

namespace OrleansChat.Bench.Load;

/// <summary>The replies that a load expects, line ends included; any other reply makes it fail.</summary>
internal sealed class ReplyPattern
{
    private static readonly byte[] End = "\r\n\r\n"u8.ToArray();
    private readonly byte[] _start;
    private readonly bool _isWhole;

    private ReplyPattern(byte[] start, bool isWhole) => (_start, _isWhole) = (start, isWhole);

    /// <summary>The reply to a send.</summary>
    public static ReplyPattern Sent { get; } = new(
        "{\"status\": \"OK\", \"message\": \"Message Sent\"}\r\n\r\n"u8.ToArray(), isWhole: true);

    /// <summary>Any reply with the status OK, whatever else it holds.</summary>
    public static ReplyPattern Ok { get; } = new("{\"status\": \"OK\", "u8.ToArray(), isWhole: false);

    /// <summary>The length of the first reply; 0 if it has not arrived completely.</summary>
    /// <param name="arrived">The bytes that have arrived.</param>
    /// <param name="searched">How many of them were searched before, in vain; updated for the next call.</param>
    /// <exception cref="BenchException">It is another reply.</exception>
    public int Take(ReadOnlySpan<byte> arrived, ref int searched)
    {
        var start = _start.AsSpan();
        if (!arrived.StartsWith(start))
            return start.StartsWith(arrived)
                ? 0
                : throw new BenchException(
                    $"Unexpected reply: {Encoding.ASCII.GetString(arrived[..Math.Min(200, arrived.Length)]).TrimEnd()}");
        if (_isWhole) return start.Length;
        var from = Math.Max(0, searched - End.Length);
        var end = arrived[from..].IndexOf(End);
        searched = end < 0 ? arrived.Length : 0;
        return end < 0 ? 0 : from + end + End.Length;
    }
}
