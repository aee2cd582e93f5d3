namespace OrleansChat.Verification.Ledgers;

/// <summary>Tracks connections, the sessions on them, and who may or must be listed.</summary>
internal sealed partial class Ledger
{
    private static readonly TimeSpan AfterClose = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterSilence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AfterDeath = TimeSpan.FromSeconds(10);

    /// <summary>Of two uses within this time, either may count as the last at first.</summary>
    private static readonly TimeSpan TwoUses = TimeSpan.FromSeconds(2);

    /// <summary>So long after the second of two such uses.</summary>
    private static readonly TimeSpan AfterTwoUses = TimeSpan.FromSeconds(3);

    /// <summary>Of two uses within this time, either may count as the last for good: no order of them is measured.</summary>
    private static readonly TimeSpan SameTime = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<int, ConnectionEntry> _open = [];
    private readonly Dictionary<int, TimeSpan> _frozenGateways = [];
    private TimeSpan? _lastDeath;
    private int _frozen;
    private int _connectionCount;
    private TimeSpan _longestGhost;
    private TimeSpan _longestMissing;

    /// <summary>Records that a connection was opened.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="actor">The client.</param>
    /// <param name="isShown">Whether somebody is online because of it: nobody is because of HTTP.</param>
    public ConnectionEntry Opened(int gateway, string actor, bool isShown = true)
    {
        lock (_gate)
        {
            var connection = new ConnectionEntry(++_connectionCount, gateway, actor, Now()) { IsShown = isShown };
            _open[connection.Id] = connection;
            return connection;
        }
    }

    /// <summary>Records that the client is about to close its side in order.</summary>
    public void Ended(ConnectionEntry connection)
    {
        lock (_gate)
        {
            connection.HasEnded = true;
            foreach (var message in connection.Unshown) message.MayBeReceived = true;
            connection.Unshown = [];
        }
    }

    /// <summary>Records that a connection is gone: closed, reset, broken or, silently, abandoned by its client.</summary>
    public void Closed(ConnectionEntry connection, bool silently)
    {
        lock (_gate) Close(connection, silently ? AfterSilence : AfterClose);
    }

    /// <summary>
    /// Records that a process of the service, or its database, dies or ends. Call this before it happens, and
    /// <see cref="GatewayDied"/> too if it is a gateway.
    /// </summary>
    public void ProcessDied(string what)
    {
        lock (_gate)
        {
            _lastDeath = Note(what, "died").At;
            ForgetMoves();
        }
    }

    /// <summary>Records that a process is about to be frozen.</summary>
    public void ProcessFrozen(string what)
    {
        lock (_gate)
        {
            Note(what, "froze");
            _frozen++;
            ForgetMoves();
        }
    }

    /// <summary>Records that a frozen process was resumed or killed.</summary>
    public void ProcessResumed(string what)
    {
        lock (_gate)
        {
            _lastDeath = Note(what, "was resumed").At;
            _frozen--;
        }
    }

    /// <summary>Records that a gateway died or ended, and its connections with it. Call it right afterwards.</summary>
    public void GatewayDied(int gateway)
    {
        lock (_gate)
        {
            var now = Note($"gateway {gateway}", "died");
            _lastDeath = now.At;
            foreach (var connection in _open.Values.Where(c => c.Gateway == gateway).ToList()) Close(connection, AfterSilence);
            // One that is frozen heeds no signal to stop: it lives until it is killed, which is told again.
            Extend(gateway, now.At + AfterSilence, isDead: !_frozenGateways.ContainsKey(gateway));
        }
    }

    /// <summary>Records that a gateway is about to be frozen; until it resumes, it cannot see connections close.</summary>
    public void GatewayFrozen(int gateway)
    {
        lock (_gate)
        {
            var now = Note($"gateway {gateway}", "froze");
            _frozenGateways[gateway] = now.At;
            Extend(gateway, now.At + AfterSilence);
        }
    }

    /// <summary>Records that a frozen gateway was resumed.</summary>
    public void GatewayResumed(int gateway)
    {
        lock (_gate)
        {
            var now = Note($"gateway {gateway}", "was resumed");
            _lastDeath = now.At;
            _frozenGateways.Remove(gateway);
            Extend(gateway, now.At + AfterClose);
        }
    }

    /// <summary>Records that a process is gone, for a while or for good, and with it what it alone knew about moved sessions.</summary>
    private void ForgetMoves()
    {
        var now = time.GetElapsedTime(_start);
        foreach (var left in _users.SelectMany(u => u.Sessions).SelectMany(s => s.Left))
            if (left.Since + AfterSilence >= now) left.IsForgotten = true;
    }

    private Moment Note(string what, string how)
    {
        var now = Now();
        if (_faults.Count == MaxFaults) _faults.RemoveAt(0);
        _faults.Add((now, $"{what} {how}"));
        return now;
    }

    /// <summary>Lets connections that closed on this gateway be listed until then, if they may be listed at all.</summary>
    private void Extend(int gateway, TimeSpan until, bool isDead = false)
    {
        var now = time.GetElapsedTime(_start);
        foreach (var linger in _users.SelectMany(u => u.Sessions).SelectMany(s => s.Lingers))
        {
            if (linger.Connection.Gateway != gateway || linger.IsOrphan || linger.Until < now) continue;
            if (linger.Until < until) linger.Until = until;
            linger.IsOrphan = isDead;
        }
    }

    private void Close(ConnectionEntry connection, TimeSpan linger)
    {
        if (!connection.IsOpen) return;
        var now = Now();
        connection.Closed = now;
        _open.Remove(connection.Id);
        var until = now.At + (_frozenGateways.ContainsKey(connection.Gateway) ? AfterSilence : linger);
        foreach (var session in connection.Sessions)
        {
            if (session.Out is not null) continue;
            var place = session.Places.Find(p => p.Connection == connection);
            if (session.LoginConnection != connection && place is null
                && !session.Left.Exists(left => left.Connection == connection && left.MayCount(now.At))) continue;
            if (place is not null)
            {
                session.Places.Remove(place);
                if (session.LastUseOnClosed.IsBefore(place.LastEnd)) session.LastUseOnClosed = place.LastEnd;
            }
            if (session.At == connection) session.At = null;
            session.Lingers.RemoveAll(l => l.Until < now.At);
            session.Lingers.Add(new LingerEntry(connection, until));
            session.User.LastClosed = now.At;
            if (session.User.MayLinger < until && session.Token is null) session.User.MayLinger = until;
        }
        connection.Sessions.Clear();
    }

    private static void PlaceTried(SessionEntry session, ConnectionEntry connection)
    {
        if (!connection.IsShown) return;
        var place = session.Places.Find(p => p.Connection == connection);
        if (place is null && connection.IsOpen)
        {
            session.Places.Add(place = new PlaceEntry(connection));
            if (!connection.Sessions.Contains(session)) connection.Sessions.Add(session);
        }
        if (place is not null) place.Outstanding++;
        if (session.At != connection) session.At = null;
    }

    private static void PlaceUsed(SessionEntry session, RequestEntry request, bool accepted, Moment now)
    {
        if (session.Places.Find(p => p.Connection == request.Connection) is not { } place) return;
        place.Outstanding--;
        place.LastEnd = now;
        if (request.Outcome == RequestOutcome.Broken) session.UncertainUntil = now.At + AfterClose;
        if (accepted)
        {
            if (place.LastAccepted is not { } last || last.IsBefore(request.Begun)) place.LastAccepted = request.Begun;
            place.Known = now.At;
            for (var i = session.Places.Count - 1; i >= 0; i--)
            {
                var other = session.Places[i];
                if (other == place || other.Outstanding > 0 || request.Begun.At < other.LastEnd.At + SameTime) continue;
                session.Places.RemoveAt(i);
                session.Left.Add(new LeftEntry(other.Connection, now.At) { LastEnd = other.LastEnd });
            }
            session.Left.RemoveAll(left => left.Connection == request.Connection || !left.Connection.IsOpen);
            foreach (var left in session.Left)
            {
                (left.Since, left.IsForgotten) = (now.At, false);
                if (request.Begun.At < left.LastEnd.At + TwoUses) place.Known = left.MayCountUntil = now.At + AfterTwoUses;
            }
            if (request.Begun.At < session.LastUseOnClosed.At + TwoUses) place.Known = now.At + AfterTwoUses;
        }
        // If the session was accepted here before it was used elsewhere, the last acceptance may be on a connection that has closed.
        if (session.At == request.Connection || session.Places.Count != 1
            || place.LastAccepted is not { } at || at.At < session.LastUseOnClosed.At + SameTime
            || request.Begun.At < session.UncertainUntil) return;
        (session.At, session.AtSince, session.AtKnown) = (request.Connection, now, place.Known);
    }
}
