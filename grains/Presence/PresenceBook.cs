using OrleansChat.GrainInterfaces;

namespace OrleansChat.Grains.Presence;

/// <summary>
/// Knows which sessions are on which gateways, and so who is online. In memory; not thread-safe.
/// </summary>
/// <remarks>
/// The gateway that reports a session's highest use number is the one that accepted its token last. Reports arrive late and in
/// any order, and no two machines have the same clock.
/// </remarks>
internal sealed class PresenceBook(Guid epoch, TimeProvider time)
{
    /// <summary>
    /// How long the book keeps tombstones: it remembers ended sessions, and the last use number of departed ones, so that late
    /// reports cannot resurrect them. An end matters for no longer than a lease (the database checks a full report); a use, for
    /// as long as a gateway may be cut off.
    /// </summary>
    private static readonly TimeSpan TombstoneLifetime = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, GatewayRecord> _gateways = [];
    private readonly Dictionary<string, SessionPlaces> _places = [];
    private readonly Dictionary<string, OnlineUser> _online = [];
    private readonly Dictionary<string, long> _ended = [];
    private readonly Dictionary<string, (long UseNumber, long At)> _departed = [];
    private long _arrivals;
    private long _notices;
    private string[]? _onlineNames;

    /// <summary>Applies the changes that a gateway reports, if this book knows the gateway; asks for a full report if not.</summary>
    public PresenceAnswer Change(PresenceReport report)
    {
        if (report.Epoch != epoch || !_gateways.TryGetValue(report.Gateway, out var gateway))
            return new PresenceAnswer { Epoch = epoch, ReportAll = true };
        if (!gateway.TryAccept(report, time.GetTimestamp())) return gateway.Answer(epoch);

        foreach (var key in report.Dropped) Leave(gateway, key);
        foreach (var held in report.Held)
        {
            if (_ended.ContainsKey(held.SessionKey)) Notify(gateway, held.SessionKey, hasEnded: true);
            else Place(gateway, held, time.GetUtcNow());
        }
        return gateway.Answer(epoch);
    }

    /// <summary>Applies a full report: all sessions of a gateway. Those that are not alive go back to it as notices.</summary>
    public PresenceAnswer Replace(PresenceReport report, IReadOnlySet<string> alive)
    {
        if (!_gateways.TryGetValue(report.Gateway, out var gateway))
            _gateways.Add(report.Gateway, gateway = new GatewayRecord(report.Gateway));
        // The notices that a gateway saw in another epoch do not count.
        if (!gateway.TryAccept(report with { NoticesSeen = report.Epoch == epoch ? report.NoticesSeen : 0 }, time.GetTimestamp()))
            return gateway.Answer(epoch);

        var held = report.Held.Select(h => h.SessionKey).ToHashSet();
        foreach (var key in gateway.Sessions.Where(key => !held.Contains(key)).ToList()) Leave(gateway, key);
        foreach (var session in report.Held)
        {
            if (alive.Contains(session.SessionKey) && !_ended.ContainsKey(session.SessionKey))
            {
                Place(gateway, session, session.Since);
                continue;
            }
            Leave(gateway, session.SessionKey);
            Notify(gateway, session.SessionKey, hasEnded: true);
        }
        return gateway.Answer(epoch);
    }

    /// <summary>Ends a session: removes it from every gateway, so that no report can bring it back.</summary>
    public void End(string key)
    {
        _ended[key] = time.GetTimestamp();
        _departed.Remove(key);
        if (!_places.TryGetValue(key, out var session)) return;
        foreach (var name in session.Gateways.ToList())
        {
            Notify(_gateways[name], key, hasEnded: true);
            Leave(_gateways[name], key);
        }
    }

    /// <summary>Forgets the gateways whose lease has expired, and expired tombstones.</summary>
    public void ForgetSilent()
    {
        foreach (var gateway in _gateways.Values.Where(g => time.GetElapsedTime(g.HeardAt) >= PresenceLease.Duration).ToList())
        {
            foreach (var key in gateway.Sessions.ToList()) Leave(gateway, key);
            _gateways.Remove(gateway.Name);
        }
        foreach (var (key, at) in _ended)
        {
            if (time.GetElapsedTime(at) >= TombstoneLifetime) _ended.Remove(key);
        }
        foreach (var (key, (_, at)) in _departed)
        {
            if (time.GetElapsedTime(at) >= TombstoneLifetime) _departed.Remove(key);
        }
        TrimMemory();
    }

    /// <summary>Releases the memory of a crowd that has gone.</summary>
    private void TrimMemory()
    {
        if (_places.Count < _places.Capacity / 4) _places.TrimExcess();
        if (_online.Count < _online.Capacity / 4) _online.TrimExcess();
        if (_ended.Count < _ended.Capacity / 4) _ended.TrimExcess();
        if (_departed.Count < _departed.Capacity / 4) _departed.TrimExcess();
        foreach (var sessions in _gateways.Values.Select(g => g.Sessions))
        {
            if (sessions.Count < sessions.Capacity / 4) sessions.TrimExcess();
        }
    }

    /// <summary>Returns the users who are online, in order of arrival. The array is shared: do not change it.</summary>
    public string[] Online() =>
        _onlineNames ??= [.. _online.OrderBy(u => u.Value.Since).ThenBy(u => u.Value.Arrival).Select(u => u.Key)];

    /// <summary>
    /// Applies what a gateway reports of a session: whether it logged in there, and, unless a later use is known, whether its
    /// token was last accepted there. A gateway that this supersedes gets a notice.
    /// </summary>
    private void Place(GatewayRecord gateway, HeldSession held, DateTimeOffset since)
    {
        if (!_places.TryGetValue(held.SessionKey, out var session))
        {
            _departed.Remove(held.SessionKey, out var departed);
            _places.Add(held.SessionKey, session = new SessionPlaces(held.User) { UseNumber = departed.UseNumber });
        }

        if (held.LoggedIn) session.LoggedIn.Add(gateway.Name);
        else session.LoggedIn.Remove(gateway.Name);

        if (session.IsLatest(gateway.Name, held.UseNumber))
        {
            var before = session.AcceptedOn;
            session.UseNumber = held.UseNumber;
            session.AcceptedOn = held.AcceptedAt is null ? null : gateway.Name;
            if (before is not null && before != gateway.Name) Supersede(_gateways[before], held.SessionKey, session);
        }
        else if (held.AcceptedAt is not null) Notify(gateway, held.SessionKey, hasEnded: false, session.UseNumber);

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
            _online.Add(session.User, user = new OnlineUser(since, ++_arrivals));
            _onlineNames = null;
        }
        user.Sessions++;
    }

    private void Supersede(GatewayRecord gateway, string key, SessionPlaces session)
    {
        if (!session.IsOn(gateway.Name)) gateway.Sessions.Remove(key);
        Notify(gateway, key, hasEnded: false, session.UseNumber);
    }

    private void Leave(GatewayRecord gateway, string key)
    {
        gateway.Sessions.Remove(key);
        if (!_places.TryGetValue(key, out var session)) return;
        session.LoggedIn.Remove(gateway.Name);
        if (session.AcceptedOn == gateway.Name) session.AcceptedOn = null;
        RemoveIfNowhere(key, session);
    }

    private void RemoveIfNowhere(string key, SessionPlaces session)
    {
        if (session.Gateways.Any()) return;
        _places.Remove(key);
        if (session.UseNumber > 0 && !_ended.ContainsKey(key)) _departed[key] = (session.UseNumber, time.GetTimestamp());
        if (!session.IsCounted || --_online[session.User].Sessions > 0) return;
        _online.Remove(session.User);
        _onlineNames = null;
    }

    private void Notify(GatewayRecord gateway, string key, bool hasEnded, long useNumber = 0) =>
        gateway.Notices.Enqueue(new PresenceNotice(++_notices, key, hasEnded, useNumber));

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
        public string? AcceptedOn { get; set; }

        /// <summary>The highest known number, whether or not that connection is still open.</summary>
        public long UseNumber { get; set; }
        public bool IsCounted { get; set; }

        public IEnumerable<string> Gateways => AcceptedOn is { } name ? LoggedIn.Append(name).Distinct() : LoggedIn;

        public bool IsOn(string gateway) => LoggedIn.Contains(gateway) || AcceptedOn == gateway;

        /// <summary>Of equal numbers, which activations on two silos may assign, the first stays.</summary>
        public bool IsLatest(string gateway, long useNumber) =>
            useNumber > UseNumber || (useNumber == UseNumber && (AcceptedOn is null || AcceptedOn == gateway));
    }

    private sealed class GatewayRecord(string name)
    {
        private long _lastReport;

        public string Name { get; } = name;
        public long HeardAt { get; private set; }
        public HashSet<string> Sessions { get; } = [];
        public Queue<PresenceNotice> Notices { get; } = [];

        /// <summary>Renews the lease; false if a later report has overtaken this one.</summary>
        public bool TryAccept(PresenceReport report, long now)
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
