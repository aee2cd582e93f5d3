using Microsoft.AspNetCore.Connections;
using OrleansChat.Gateway.Transport;
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
    private long _silentSince;
    private int _isReset;

    public ClientConnection(ConnectionContext transport, string addressName, ClientAddress address, Connections? all, TimeProvider time)
    {
        (_transport, AddressName, Address, _all, _time) = (transport, addressName, address, all, time);
        Place = new(this);
        _silentSince = time.GetTimestamp();
    }

    /// <summary>A connection that nothing limits.</summary>
    public static ClientConnection Unlimited(ConnectionContext transport, TimeProvider time) =>
        new(transport, "", new(null, time), null, time);

    /// <summary>Where it comes from: the address, or in IPv6 the network; empty where that is not known.</summary>
    public string AddressName { get; }

    /// <summary>What it is counted with.</summary>
    public ClientAddress Address { get; }

    /// <summary>Its place among the connections that make room for others; in no list while it has a session.</summary>
    public LinkedListNode<ClientConnection> Place { get; }

    /// <summary>Whose session it has; null for none. The connections' to set.</summary>
    public string? User { get; set; }

    /// <summary>Since when its client has had nothing to wait for and said nothing; 0 while it is being answered.</summary>
    public long SilentSince => Volatile.Read(ref _silentSince);

    /// <summary>When the line began whose end is being waited for; 0 while none is.</summary>
    public long LineAwaitedSince => Volatile.Read(ref _awaitedSince);

    /// <summary>What waits for its client to take it; null before it is served.</summary>
    public IReplyBacklog? Replies { get; set; }

    /// <summary>For <see cref="ConnectionWatch"/>: since when replies wait, and how much the client's TCP had been given by then.</summary>
    public (long At, long Taken)? WaitsSince { get; set; }

    /// <summary>All was answered that has come, and more input is waited for.</summary>
    /// <param name="lineStart">Where the line begins that is not complete.</param>
    /// <param name="arrived">Up to where the input has come.</param>
    public void AwaitsInput(long lineStart, long arrived)
    {
        Volatile.Write(ref _silentSince, _time.GetTimestamp());
        if (arrived == lineStart) return;
        if (lineStart != _lineStart) (_lineStart, _lineBegan) = (lineStart, _time.GetTimestamp());
        Volatile.Write(ref _awaitedSince, _lineBegan);
    }

    /// <summary>Input has come.</summary>
    public void Heard()
    {
        Volatile.Write(ref _silentSince, 0);
        Volatile.Write(ref _awaitedSince, 0);
    }

    /// <summary>A user's session was accepted here; null: the one that was has ended.</summary>
    public void HasSessionOf(string? user) => _all?.Sort(this, user);

    /// <summary>Ends it for a limit's sake, so that the client notices.</summary>
    public void Reset(LimitMetrics metrics, string limit)
    {
        // It is looked at until its end has come.
        if (Interlocked.Exchange(ref _isReset, 1) == 0) metrics.Hit(limit, AddressName);
        _transport.Reset();
    }
}
