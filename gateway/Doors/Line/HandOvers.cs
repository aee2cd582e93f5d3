using OrleansChat.Gateway.Sessions;
using OrleansChat.Gateway.Transport;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Doors.Line;

/// <summary>
/// Tracks the messages that were handed over on a connection, until the client has shown that it received them.
/// </summary>
/// <remarks>
/// A line shows receipt when it began to arrive after the reply had been written. To find out, this reads the count of received bytes
/// just before the reply goes out, and again when the kernel has taken all of it. A line that began before the first count was
/// pipelined, and shows nothing; one that began after the second shows receipt. A line that began in between shows it only if the
/// client's TCP had by then acknowledged the whole reply, as it has when the line was an answer to it. Where the platform exposes no
/// progress, every line that was read after the reply was written shows receipt.
/// </remarks>
internal sealed class HandOvers(
    ClientSession session, ITransportProgress transport, ReplyOutput replies, bool isBehindProxy, TimeProvider time)
{
    private const int MaxYields = 10;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a client that has ended its side may take to acknowledge the last bytes.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long after a client's end of TLS its end of TCP may come.</summary>
    private static readonly TimeSpan TlsEndTimeout = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, long> _accounts = [];
    private readonly Dictionary<long, InboxPositions> _positions = [];
    private readonly Queue<HandOver> _pending = [];

    /// <summary>
    /// How far messages of a session's account, and of its rooms, were handed over on this connection; the start while the session's
    /// account is unknown.
    /// </summary>
    public InboxPositions PositionsOf(string? sessionKey) =>
        sessionKey is not null && _accounts.TryGetValue(sessionKey, out var account) ? PositionsOf(account) : InboxPositions.Start;

    /// <summary>The same by the account.</summary>
    public InboxPositions PositionsOf(long accountId) => _positions.GetValueOrDefault(accountId, InboxPositions.Start);

    /// <summary>Records whose messages a session reads.</summary>
    public void Reads(string sessionKey, long accountId) => _accounts[sessionKey] = accountId;

    /// <summary>
    /// Whether a line that began at this offset of the stream shows receipt of something. It does not while the client's TCP has not
    /// acknowledged the whole reply, since the line was on its way when the reply was written; nor once the socket is gone.
    /// </summary>
    public bool IsShownBy(long lineStart) =>
        _pending.TryPeek(out var first) && first.ShownFrom <= transport.OffsetOf(lineStart)
        && (transport.TryRead(out var sample) ? sample.Acknowledged >= first.Written : !transport.IsSupported);

    /// <summary>Flushes a reply with messages, and finds the offset from which a line shows its receipt.</summary>
    public async Task WrittenAsync(string user, long accountId, InboxPositions through, CancellationToken stopping)
    {
        var before = transport.TryRead(out var sample) ? sample.Received : transport.Seen;
        await replies.FlushAsync();
        var written = transport.SentFor(replies.Written);
        var shownFrom = before;
        replies.IsWaiting = true;
        if (await WaitUntil(state => state.Taken >= written, Timeout.InfiniteTimeSpan, stopping) is { } after)
            shownFrom = after.Acknowledged >= written && !isBehindProxy ? before : after.Received;
        replies.IsWaiting = false;
        _positions[accountId] = PositionsOf(accountId).With(through);
        _pending.Enqueue(new HandOver(user, accountId, through, shownFrom, written));
    }

    /// <summary>Removes the messages whose receipt a line shows from the mailboxes, before the line is answered.</summary>
    /// <returns>Why that may not be done; mostly null.</returns>
    public async ValueTask<Refusal?> LineArrivedAsync(long lineStart)
    {
        var refusal = default(Refusal?);
        while (refusal is null && IsShownBy(lineStart)) refusal = await AcknowledgeFirstAsync();
        return refusal;
    }

    /// <summary>
    /// Removes what was handed over from the mailboxes after the client has ended its side, if its TCP acknowledged every byte.
    /// </summary>
    public async Task EndAsync(CancellationToken stopping)
    {
        if (_pending.Count == 0 || isBehindProxy) return;
        // A TLS client ends TLS before TCP, and its TCP resets if it leaves bytes unread. Some clients wait for the end of our side:
        // then their TCP must acknowledge that too, which no closed socket does.
        if (await WaitUntil(state => !state.IsOpen, TlsEndTimeout, stopping) is null) await transport.FinishAsync();
        var sent = transport.SentFor(replies.Written);
        var last = await WaitUntil(state => state.Acknowledged >= sent || !IsInOrder(state), EndTimeout, stopping);
        if (last is not { } end || !IsInOrder(end)) return;
        while (_pending.Count > 0 && await AcknowledgeFirstAsync() is null) { }

        static bool IsInOrder(TransportSample sample) => sample.EndedByClient || sample.IsOpen;
    }

    private async ValueTask<Refusal?> AcknowledgeFirstAsync()
    {
        var first = _pending.Peek();
        if (await session.AcknowledgeAsync(first.User, first.AccountId, first.Through) is { } refusal) return refusal;
        _pending.Dequeue();
        return null;
    }

    /// <summary>Waits for a state of the connection; null when it cannot be read, or is not reached in time.</summary>
    private async Task<TransportSample?> WaitUntil(Func<TransportSample, bool> reached, TimeSpan timeout, CancellationToken stopping)
    {
        var start = time.GetTimestamp();
        // The transport sends on another thread, mostly within a few yields.
        for (var yields = 0; yields < MaxYields && transport.TryRead(out var sample) && !reached(sample); yields++) await Task.Yield();
        for (var wait = FirstWait; transport.TryRead(out var sample); wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            if (reached(sample)) return sample;
            if (timeout != Timeout.InfiniteTimeSpan && time.GetElapsedTime(start) > timeout) return null;
            await Task.Delay(wait, time, stopping);
        }
        return null;
    }

    private sealed record HandOver(string User, long AccountId, InboxPositions Through, long ShownFrom, long Written);
}
