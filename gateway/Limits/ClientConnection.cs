using Microsoft.AspNetCore.Connections;
using OrleansChat.Gateway.Transport;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// A connection as the limits see it, from its first byte: a connection feature. The connection records what it waits for, and
/// <see cref="ConnectionWatch"/> checks it on another thread.
/// </summary>
internal sealed class ClientConnection
{
    private readonly ConnectionContext _transport;
    private readonly Connections? _all;
    private readonly TimeProvider _time;
    private long _lineStart = -1;
    private long _lineBegan;
    private long _awaitedSince;
    private long _silentSince;
    private int _isReset;

    public ClientConnection(ConnectionContext transport, string addressName, ClientAddress address, Connections? all, TimeProvider time)
    {
        (_transport, AddressName, Address, _all, _time) = (transport, addressName, address, all, time);
        Place = new(this);
        _silentSince = time.GetTimestamp();
    }

    /// <summary>Makes a connection without limits.</summary>
    public static ClientConnection Unlimited(ConnectionContext transport, TimeProvider time) =>
        new(transport, "", new(null, time), null, time);

    /// <summary>Where it comes from: the IPv4 address or the IPv6 network; empty where that is unknown.</summary>
    public string AddressName { get; }

    /// <summary>The budgets that it shares with the other connections of its address.</summary>
    public ClientAddress Address { get; }

    /// <summary>Its place among the connections that may be evicted; in no list while it is protected.</summary>
    public LinkedListNode<ClientConnection> Place { get; }

    /// <summary>The user whose session it has; null for none. Only <see cref="Connections"/> sets this.</summary>
    public string? User { get; set; }

    /// <summary>The timestamp since which its client has been silent without waiting for a reply; 0 while it is being answered.</summary>
    public long SilentSince => Volatile.Read(ref _silentSince);

    /// <summary>The timestamp at which the unfinished line began; 0 while there is none.</summary>
    public long LineAwaitedSince => Volatile.Read(ref _awaitedSince);

    /// <summary>The replies that its client has not taken yet; null before a door serves it.</summary>
    public IReplyBacklog? Replies { get; set; }

    /// <summary>For <see cref="ConnectionWatch"/>: since when replies wait, and how much the client's TCP had been given by then.</summary>
    public (long At, long Taken)? WaitsSince { get; set; }

    /// <summary>Records that everything that has arrived is answered, and more input is awaited.</summary>
    /// <param name="lineStart">The offset at which the unfinished line begins.</param>
    /// <param name="arrived">The offset up to which input has arrived.</param>
    public void AwaitsInput(long lineStart, long arrived)
    {
        Volatile.Write(ref _silentSince, _time.GetTimestamp());
        if (arrived == lineStart) return;
        if (lineStart != _lineStart) (_lineStart, _lineBegan) = (lineStart, _time.GetTimestamp());
        Volatile.Write(ref _awaitedSince, _lineBegan);
    }

    /// <summary>Records that input has arrived.</summary>
    public void Heard()
    {
        Volatile.Write(ref _silentSince, 0);
        Volatile.Write(ref _awaitedSince, 0);
    }

    /// <summary>Records whose session was accepted here; null when the last one has ended.</summary>
    public void HasSessionOf(string? user) => _all?.SetOwner(this, user);

    /// <summary>Resets the connection because it reached a limit.</summary>
    public void Reset(LimitMetrics metrics, string limit)
    {
        // The watch may get here several times before the connection has ended: one hit is counted.
        if (Interlocked.Exchange(ref _isReset, 1) == 0) metrics.Hit(limit, AddressName);
        _transport.Reset();
    }
}
