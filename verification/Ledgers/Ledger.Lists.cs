namespace OrleansChat.Verification.Ledgers;

/// <summary>Judges lists: who must and who must not be in them.</summary>
internal sealed partial class Ledger
{
    private const int MaxFaults = 8;
    private readonly List<(Moment When, string What)> _faults = [];
    private readonly HashSet<UserEntry> _listed = [];
    private long _judgedOffline;
    private long _judgedOnline;

    private void JudgeList(RequestEntry request, List<string> names, Moment now)
    {
        _listed.Clear();
        foreach (var name in names)
            if (_usersByName.TryGetValue(name, out var user) && !_listed.Add(user))
                Accuse(Invariants.NoGhost, $"{name} is listed twice", new History().Add(request, now));
        foreach (var user in _users)
        {
            if (IsDueOffline(request, user)) _judgedOffline++;
            else if (DueOnline(request, user) is not null) _judgedOnline++;
            if (_listed.Contains(user)) JudgeListed(request, user, now);
            else JudgeMissing(request, user, now);
        }
    }

    private void JudgeListed(RequestEntry request, UserEntry user, Moment now)
    {
        user.MissingSince = null;
        if (IsPerhapsThere(request, user)) return;
        if (user.Sessions.Count > 0 && user.LastClosed is { } closed && request.Begun.At - closed > _longestGhost)
            _longestGhost = request.Begun.At - closed;
        if (!IsDueOffline(request, user)) return;
        var history = WithFaults(new History().Add(request, now));
        foreach (var session in user.Sessions.TakeLast(3)) history.Add(session);
        if (user.LastLoggedOut is { } last) history.Add(last);
        Accuse(Invariants.NoGhost, $"{user.Name} is listed but has been offline for longer than allowed", history);
    }

    private static bool IsPerhapsThere(RequestEntry request, UserEntry user)
    {
        foreach (var session in user.Sessions)
            if (session.LoginConnection is { IsOpen: true, IsShown: true } || session.Places.Count > 0
                || session.Left.Exists(left => left.MayCount(request.Begun.At) && left.Connection.IsOpen)) return true;
        return request.Begun.Order <= user.LastSessionOut.Order;
    }

    private static bool IsDueOffline(RequestEntry request, UserEntry user)
    {
        if (IsPerhapsThere(request, user) || request.Begun.At <= user.MayLinger) return false;
        foreach (var session in user.Sessions)
            foreach (var linger in session.Lingers)
                if (request.Begun.At <= linger.Until) return false;
        return true;
    }

    private static SessionEntry? DueOnline(RequestEntry request, UserEntry user)
    {
        var online = default(SessionEntry);
        foreach (var session in user.Sessions)
            if (MustBeListed(session, request.Begun)) online = session;
        return online;
    }

    private void JudgeMissing(RequestEntry request, UserEntry user, Moment now)
    {
        if (DueOnline(request, user) is not { } online)
        {
            user.MissingSince = null;
            return;
        }
        user.MissingSince ??= request.Begun.At;
        if (request.Begun.At - user.MissingSince > _longestMissing) _longestMissing = request.Begun.At - user.MissingSince.Value;
        if (_frozen > 0 || _frozenGateways.Count > 0) return;
        // While the service recovers from a death, a user who comes online may be missing no longer than one who already was.
        var since = online.At is { IsOpen: true } ? online.AtKnown : online.LoggedIn.At;
        if (_lastDeath is { } death && death + AfterDeath * 2 >= request.Begun.At
            && (death > since ? death : since) + AfterDeath >= request.Begun.At) return;
        var history = WithFaults(new History().Add(online).Add(request, now));
        if (online.At is { } at) history.Add(online.AtSince, $"{online.Name} was last accepted on {at.Name}");
        Accuse(Invariants.NoGhost, $"{user.Name} is online and not listed", history);
    }

    private static bool MustBeListed(SessionEntry session, Moment begun)
    {
        if (session is not { LogoutTried: null, Token: not null }) return false;
        if (session.LoginConnection is { IsOpen: true, IsShown: true, HasEnded: false } && session.LoggedIn.IsBefore(begun)) return true;
        return session.At is { IsOpen: true, HasEnded: false } && session.AtSince.IsBefore(begun) && session.AtKnown <= begun.At;
    }

    private History WithFaults(History history)
    {
        foreach (var (when, what) in _faults) history.Add(when, what);
        return history;
    }
}
