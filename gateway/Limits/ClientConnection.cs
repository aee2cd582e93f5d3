using Microsoft.AspNetCore.Connections;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// A connection as the limits see it, from its first byte: a connection feature. What it waits for is written down by the
/// connection, and looked at by <see cref="ConnectionWatch"/> on another thread.
/// </summary>
internal sealed class ClientConnection
{
    private readonly ConnectionContext _transport;
    private readonly Connections? _all;
    private readonly TimeProvider _time;
    private long _lineStart = -1;
    private long _lineBegan;
    private long _awaitedSince;

    public ClientConnection(ConnectionContext transport, ClientAddress address, Connections? all, TimeProvider time)
    {
        (_transport, Address, _all, _time) = (transport, address, all, time);
        Place = new(this);
        HeardAt = time.GetTimestamp();
    }

    /// <summary>A connection that nothing limits.</summary>
    public static ClientConnection Unlimited(ConnectionContext transport, TimeProvider time) => new(transport, new("", null, time), null, time);

    /// <summary>Where it comes from.</summary>
    public ClientAddress Address { get; }

    /// <summary>Its place among the connections without a session; in no list while it has one.</summary>
    public LinkedListNode<ClientConnection> Place { get; }

    /// <summary>When something arrived last, or it was opened.</summary>
    public long HeardAt { get; private set; }

    /// <summary>When the line began whose end is being waited for; 0 while none is.</summary>
    public long LineAwaitedSince => Volatile.Read(ref _awaitedSince);

    /// <summary>Its replies, and how far they have got; null before its first line is read.</summary>
    public (ReplyOutput Replies, ITransportProgress Progress)? Output { get; set; }

    /// <summary>For <see cref="ConnectionWatch"/>: since when replies wait, and how much the client's TCP had been given by then.</summary>
    public (long At, long Taken)? WaitsSince { get; set; }

    /// <summary>More input is waited for.</summary>
    /// <param name="lineStart">Where the line begins that is not complete.</param>
    /// <param name="arrived">Up to where the input has come.</param>
    public void AwaitsInput(long lineStart, long arrived)
    {
        if (arrived == lineStart) return;
        if (lineStart != _lineStart) (_lineStart, _lineBegan) = (lineStart, _time.GetTimestamp());
        Volatile.Write(ref _awaitedSince, _lineBegan);
    }

    /// <summary>Input has come.</summary>
    public void Heard()
    {
        HeardAt = _time.GetTimestamp();
        Volatile.Write(ref _awaitedSince, 0);
    }

    /// <summary>A session was accepted here, or the one that was has ended.</summary>
    public void HasSession(bool hasSession) => _all?.Sort(this, hasSession);

    /// <summary>Bytes of replies that this process still holds.</summary>
    public long WaitingBytes(out long taken)
    {
        taken = 0;
        if (Output is not { Replies.IsWaiting: true } output || !output.Progress.TryRead(out var sample)) return 0;
        taken = sample.Taken;
        return Math.Max(0, output.Progress.SentFor(output.Replies.Written) - taken);
    }

    /// <summary>Ends it for a limit's sake, so that the client notices.</summary>
    public void Reset(LimitMetrics metrics, string limit)
    {
        metrics.Hit(limit);
        _transport.Reset();
    }
}
