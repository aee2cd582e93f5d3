using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Doors.Line;

/// <summary>
/// Charges a connection's lines and bytes to its address, and without a session also to the budget of <see cref="Strangers"/>. A
/// connection over budget is read more slowly: nothing of a flood is refused or lost.
/// </summary>
internal sealed class Pace(ClientConnection client, ClientSession session, ReplyOutput replies, GatewayServices services)
{
    /// <summary>A connection is charged each time it has used this many lines or bytes.</summary>
    private const int Lines = 64, Bytes = 256 << 10;

    /// <summary>This many bytes of lines or replies cost as much as a line.</summary>
    private const double BytesPerLine = 4096;

    private int _lines;
    private long _read;
    private long _written;

    /// <summary>Counts a line that was read.</summary>
    /// <param name="read">How many bytes were read from the connection so far.</param>
    /// <returns>How long nothing more should be read now; mostly zero.</returns>
    public TimeSpan CountLine(long read)
    {
        if (++_lines < Lines && read - _read + replies.Written - _written < Bytes) return TimeSpan.Zero;
        var wait = Settle(read);
        if (wait > TimeSpan.Zero) services.Metrics.Hit(LimitNames.Pace, client.AddressName);
        return wait;
    }

    /// <summary>Charges what has not been charged yet.</summary>
    public TimeSpan Settle(long read)
    {
        var cost = _lines + ((read - _read + replies.Written - _written) / BytesPerLine);
        (_lines, _read, _written) = (0, read, replies.Written);
        var wait = client.Address.Charge(cost);
        if (session.HasSession) return wait;
        var all = services.Strangers.Charge(cost);
        return all > wait ? all : wait;
    }
}
