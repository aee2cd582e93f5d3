using OrleansChat.GrainInterfaces;

namespace OrleansChat.Grains;

/// <summary>
/// Which sessions are on which gateways, and so who is online. In memory, single-threaded.
/// </summary>
internal sealed class PresenceBook(Guid epoch, TimeProvider time)
{
    /// <summary>
    /// How long an ended session is remembered, so that a report sent before its end does not bring it back. Longer than
    /// a lease: the change of a gateway that was silent for longer is not taken, it must report everything.
    /// </summary>
    private static readonly TimeSpan RememberEnded = PresenceLease.Duration * 3;

    private readonly Dictionary<string, GatewayRecord> _gateways = [];
    private readonly Dictionary<string, SessionPlaces> _places = [];
    private readonly Dictionary<string, OnlineUser> _online = [];
    private readonly Dictionary<string, DateTimeOffset> _ended = [];
    private long _arrivals;
    private long _notices;
    private string[]? _onlineNames;

    /// <summary>Takes the changes of a gateway that this book knows.</summary>
    public PresenceAnswer Change(PresenceReport report)
    {
        if (report.Epoch != epoch || !_gateways.TryGetValue(report.Gateway, out var gateway))
            return new PresenceAnswer { Epoch = epoch, ReportAll = true };
        if (!gateway.Hears(report, time.GetUtcNow())) return gateway.Answer(epoch);

        foreach (var key in report.Dropped) Leave(gateway, key);
        foreach (var held in report.Held)
        {
            if (_ended.ContainsKey(held.SessionKey)) Notify(gateway, held.SessionKey, hasEnded: true);
            else Place(gateway, held, isNewest: true);
        }
        return gateway.Answer(epoch);
    }

    /// <summary>Takes all that a gateway holds; sessions that are not alive go back to it as notices.</summary>
    public PresenceAnswer Replace(PresenceReport report, IReadOnlySet<string> alive)
    {
        if (!_gateways.TryGetValue(report.Gateway, out var gateway))
            _gateways.Add(report.Gateway, gateway = new GatewayRecord(report.Gateway));
        // A new epoch knows nothing of the old one's notices.
        if (!gateway.Hears(report with { NoticesSeen = report.Epoch == epoch ? report.NoticesSeen : 0 }, time.GetUtcNow()))
            return gateway.Answer(epoch);

        var held = report.Held.Select(h => h.SessionKey).ToHashSet();
        foreach (var key in gateway.Sessions.Where(key => !held.Contains(key)).ToList()) Leave(gateway, key);
        foreach (var session in report.Held)
        {
            if (alive.Contains(session.SessionKey) && !_ended.ContainsKey(session.SessionKey)) Place(gateway, session, isNewest: false);
            else Notify(gateway, session.SessionKey, hasEnded: true);
        }
        return gateway.Answer(epoch);
    }

    /// <summary>A session ended: it is nowhere any more, and no report brings it back.</summary>
    public void End(string key)
    {
        _ended[key] = time.GetUtcNow();
        if (!_places.TryGetValue(key, out var session)) return;
        foreach (var name in session.Gateways.ToList())
        {
            Notify(_gateways[name], key, hasEnded: true);
            Leave(_gateways[name], key);
        }
    }

    /// <summary>Forgets the gateways whose lease has run out.</summary>
    public void ForgetSilent()
    {
        var now = time.GetUtcNow();
        foreach (var gateway in _gateways.Values.Where(g => now - g.HeardAt >= PresenceLease.Duration).ToList())
        {
            foreach (var key in gateway.Sessions.ToList()) Leave(gateway, key);
            _gateways.Remove(gateway.Name);
        }
        foreach (var (key, at) in _ended.Where(e => now - e.Value >= RememberEnded).ToList()) _ended.Remove(key);
    }

    /// <summary>The users who are online, in the order in which they came. The array is shared: nobody changes it.</summary>
    public string[] Online() =>
        _onlineNames ??= [.. _online.OrderBy(u => u.Value.Since).ThenBy(u => u.Value.Arrival).Select(u => u.Key)];

    /// <summary>
    /// Puts a session on a gateway. Its token was last accepted there when the report says so and is the newest word of
    /// it, or (as part of a whole report, which may be late) no other gateway accepted it later.
    /// </summary>
    private void Place(GatewayRecord gateway, HeldSession held, bool isNewest)
    {
        if (!_places.TryGetValue(held.SessionKey, out var session))
            _places.Add(held.SessionKey, session = new SessionPlaces(held.User));

        if (held.LoggedIn) session.LoggedIn.Add(gateway.Name);
        else session.LoggedIn.Remove(gateway.Name);

        if (held.AcceptedAt is { } at && (isNewest || session.Accepted is not { } other || other.Gateway == gateway.Name || other.At <= at))
        {
            if (session.Accepted is { } before && before.Gateway != gateway.Name) Supersede(_gateways[before.Gateway], held.SessionKey, session);
            session.Accepted = (gateway.Name, at);
        }
        else if (held.AcceptedAt is null && session.Accepted?.Gateway == gateway.Name) session.Accepted = null;
        else if (held.AcceptedAt is not null) Notify(gateway, held.SessionKey, hasEnded: false);

        if (!session.IsOn(gateway.Name))
        {
            gateway.Sessions.Remove(held.SessionKey);
            RemoveIfNowhere(held.SessionKey, session);
            return;
        }
        gateway.Sessions.Add(held.SessionKey);
        if (session.IsCounted) return;
        session.IsCounted = true;
        if (!_online.TryGetValue(session.User, out var user))
        {
            _online.Add(session.User, user = new OnlineUser(isNewest ? time.GetUtcNow() : held.Since, ++_arrivals));
            _onlineNames = null;
        }
        user.Sessions++;
    }

    private void Supersede(GatewayRecord gateway, string key, SessionPlaces session)
    {
        session.Accepted = null;
        if (!session.LoggedIn.Contains(gateway.Name)) gateway.Sessions.Remove(key);
        Notify(gateway, key, hasEnded: false);
    }

    private void Leave(GatewayRecord gateway, string key)
    {
        gateway.Sessions.Remove(key);
        if (!_places.TryGetValue(key, out var session)) return;
        session.LoggedIn.Remove(gateway.Name);
        if (session.Accepted?.Gateway == gateway.Name) session.Accepted = null;
        RemoveIfNowhere(key, session);
    }

    private void RemoveIfNowhere(string key, SessionPlaces session)
    {
        if (session.Gateways.Any()) return;
        _places.Remove(key);
        if (!session.IsCounted || --_online[session.User].Sessions > 0) return;
        _online.Remove(session.User);
        _onlineNames = null;
    }

    private void Notify(GatewayRecord gateway, string key, bool hasEnded) =>
        gateway.Notices.Enqueue(new PresenceNotice(++_notices, key, hasEnded));

    private sealed class OnlineUser(DateTimeOffset since, long arrival)
    {
        public DateTimeOffset Since { get; } = since;
        public long Arrival { get; } = arrival;
        public int Sessions { get; set; }
    }

    private sealed class SessionPlaces(string user)
    {
        public string User { get; } = user;
        public HashSet<string> LoggedIn { get; } = [];
        public (string Gateway, DateTimeOffset At)? Accepted { get; set; }
        public bool IsCounted { get; set; }

        public IEnumerable<string> Gateways => Accepted is { } a ? LoggedIn.Append(a.Gateway).Distinct() : LoggedIn;

        public bool IsOn(string gateway) => LoggedIn.Contains(gateway) || Accepted?.Gateway == gateway;
    }

    private sealed class GatewayRecord(string name)
    {
        private long _lastReport;

        public string Name { get; } = name;
        public DateTimeOffset HeardAt { get; private set; }
        public HashSet<string> Sessions { get; } = [];
        public Queue<PresenceNotice> Notices { get; } = [];

        /// <summary>Renews the lease; false for a report that a later one has overtaken.</summary>
        public bool Hears(PresenceReport report, DateTimeOffset now)
        {
            if (report.Number <= _lastReport) return false;
            _lastReport = report.Number;
            HeardAt = now;
            while (Notices.TryPeek(out var notice) && notice.Number <= report.NoticesSeen) Notices.Dequeue();
            return true;
        }

        public PresenceAnswer Answer(Guid epoch) => new() { Epoch = epoch, Forget = [.. Notices] };
    }
}
