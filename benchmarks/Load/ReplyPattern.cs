using System.Text;

namespace OrleansChat.Bench.Load;

/// <summary>The replies that a load expects, each with its end; anything else fails it.</summary>
internal sealed class ReplyPattern
{
    private static readonly byte[] End = "\r\n\r\n"u8.ToArray();
    private readonly byte[] _start;
    private readonly bool _isWhole;

    private ReplyPattern(byte[] start, bool isWhole) => (_start, _isWhole) = (start, isWhole);

    /// <summary>To a send.</summary>
    public static ReplyPattern Sent { get; } = new(
        "{\"status\": \"OK\", \"message\": \"Message Sent\"}\r\n\r\n"u8.ToArray(), isWhole: true);

    /// <summary>Any that says OK, whatever else it holds.</summary>
    public static ReplyPattern Ok { get; } = new("{\"status\": \"OK\", "u8.ToArray(), isWhole: false);

    /// <summary>The length of the reply that stands first; 0 when not all of it is there.</summary>
    /// <param name="arrived">What has arrived.</param>
    /// <param name="searched">How much of it was looked through in vain before; the same for the next time.</param>
    /// <exception cref="BenchException">It is another reply.</exception>
    public int Take(ReadOnlySpan<byte> arrived, ref int searched)
    {
        var start = _start.AsSpan();
        if (!arrived.StartsWith(start))
            return start.StartsWith(arrived)
                ? 0
                : throw new BenchException(
                    $"Not the reply that was expected: {Encoding.ASCII.GetString(arrived[..Math.Min(200, arrived.Length)]).TrimEnd()}");
        if (_isWhole) return start.Length;
        var from = Math.Max(0, searched - End.Length);
        var end = arrived[from..].IndexOf(End);
        searched = end < 0 ? arrived.Length : 0;
        return end < 0 ? 0 : from + end + End.Length;
    }
}
