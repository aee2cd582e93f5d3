using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// Counts what a connection costs, and has it wait where its address has had its share: a flood is read no faster than it may
/// be answered, and nothing of it is refused or lost.
/// </summary>
internal sealed class Pace(ClientAddress address, ReplyOutput replies, LimitMetrics metrics)
{
    /// <summary>The share is asked for once for so many lines, or so many bytes of replies.</summary>
    private const int Lines = 64, Bytes = 256 << 10;

    /// <summary>Of a reply, so many bytes cost as much as a line.</summary>
    private const double BytesALine = 4096;

    private int _lines;
    private long _written;

    /// <summary>Counts a line that was taken.</summary>
    /// <returns>How long nothing more should be read now; mostly zero.</returns>
    public TimeSpan CountLine()
    {
        if (++_lines < Lines && replies.Written - _written < Bytes) return TimeSpan.Zero;
        var wait = address.Charge(_lines + ((replies.Written - _written) / BytesALine));
        (_lines, _written) = (0, replies.Written);
        if (wait > TimeSpan.Zero) metrics.Hit(LimitNames.Pace);
        return wait;
    }
}
