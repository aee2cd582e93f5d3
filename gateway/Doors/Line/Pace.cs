using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Doors.Line;

/// <summary>
/// Counts what a connection costs its address, and without a session all strangers; and has it wait where these have had their
/// share: a flood is read no faster than it may be answered, and nothing of it is refused or lost.
/// </summary>
internal sealed class Pace(ClientConnection client, ClientSession session, ReplyOutput replies, GatewayServices services)
{
    /// <summary>It is charged once for so many lines, or so many bytes.</summary>
    private const int Lines = 64, Bytes = 256 << 10;

    /// <summary>So many bytes of lines or replies cost as much as a line.</summary>
    private const double BytesALine = 4096;

    private int _lines;
    private long _read;
    private long _written;

    /// <summary>Counts a line that was taken.</summary>
    /// <param name="read">Bytes read so far.</param>
    /// <returns>How long nothing more should be read now; mostly zero.</returns>
    public TimeSpan CountLine(long read)
    {
        if (++_lines < Lines && read - _read + replies.Written - _written < Bytes) return TimeSpan.Zero;
        var wait = Settle(read);
        if (wait > TimeSpan.Zero) services.Metrics.Hit(LimitNames.Pace, client.AddressName);
        return wait;
    }

    /// <summary>Charges what was not charged yet.</summary>
    public TimeSpan Settle(long read)
    {
        var cost = _lines + ((read - _read + replies.Written - _written) / BytesALine);
        (_lines, _read, _written) = (0, read, replies.Written);
        var wait = client.Address.Charge(cost);
        if (session.HasSession) return wait;
        var all = services.Strangers.Charge(cost);
        return all > wait ? all : wait;
    }
}
