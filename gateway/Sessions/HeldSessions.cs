using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// Records which sessions are on which of this gateway's connections: where each logged in, and where its token was last accepted. Not
/// thread-safe. The methods that change it return whether presence must be told.
/// </summary>
/// <remarks>
/// The session's own count of its uses decides which of two acceptances was the last, since answers overtake each other, and so do
/// notices. An acceptance whose connection has closed is remembered for a while, so that a late answer, or a report of another gateway
/// that has not heard of it, does not undo it.
/// </remarks>
internal sealed class HeldSessions(TimeProvider time)
{
    /// <summary>How long an acceptance is remembered after its connection closed: longer than any call or lease lasts.</summary>
    public static readonly TimeSpan RememberLeft = PresenceLease.Duration * 3;

    private readonly Dictionary<string, Place> _places = [];
    private readonly Dictionary<ClientSession, HashSet<string>> _byClient = [];
    private readonly HashSet<string> _dirty = [];

    public bool LoggedIn(ClientSession client, string key, string user)
    {
        Find(key, user).LoggedInOn = client;
        return Touch(client, key);
    }

    /// <summary>Records that a token was accepted on a connection; false for a use that a later one has overtaken.</summary>
    public bool Accepted(ClientSession client, string key, SessionUse use)
    {
        if (_places.TryGetValue(key, out var place) && use.Number < place.UseNumber)
        {
            ReportAgain(client, key);
            return false;
        }
        place = Find(key, use.User!);
        ReportAgain(place.AcceptedOn, key);
        place.AcceptedOn = client;
        place.AcceptedAt = time.GetUtcNow();
        place.UseNumber = use.Number;
        return Touch(client, key);
    }

    /// <summary>
    /// Records a later use on the connection where presence knows the session to be. Nobody is told, but it counts against notices.
    /// </summary>
    public void UsedAgain(ClientSession client, string key, long useNumber)
    {
        if (_places.TryGetValue(key, out var place) && place.AcceptedOn == client && place.UseNumber < useNumber)
            place.UseNumber = useNumber;
    }

    public bool Ended(string key)
    {
        if (!Forget(key)) return false;
        _dirty.Add(key);
        return true;
    }

    public bool Closed(ClientSession client)
    {
        if (!_byClient.Remove(client, out var keys)) return false;
        var changed = false;
        foreach (var key in keys) changed |= Leave(key, client, client);
        return changed;
    }

    /// <summary>Acts on a notice from presence. What was accepted here after the notice was written stays.</summary>
    public void Take(PresenceNotice notice)
    {
        var key = notice.SessionKey;
        if (notice.Ended) Forget(key);
        else if (!_places.TryGetValue(key, out var place) || place.AcceptedOn is not { } client) return;
        else if (place.UseNumber > notice.UseNumber) _dirty.Add(key);
        else
        {
            ReportAgain(client, key);
            Leave(key, null, client);
        }
    }

    /// <summary>Whether something changed since the last report.</summary>
    public bool HasChanges => _dirty.Count > 0;

    /// <summary>Takes all sessions; afterwards none counts as changed.</summary>
    public HeldSession[] All()
    {
        _dirty.Clear();
        return [.. _places.Select(p => p.Value.Describe(p.Key))];
    }

    /// <summary>Takes what changed since the last call, or since <see cref="All"/>.</summary>
    public (HeldSession[] Held, string[] Dropped) TakeChanges()
    {
        var held = _dirty.Where(_places.ContainsKey).Select(key => _places[key].Describe(key)).ToArray();
        var dropped = _dirty.Where(key => !_places.ContainsKey(key)).ToArray();
        _dirty.Clear();
        return (held, dropped);
    }

    /// <summary>Forgets the sessions that left long ago; call it when presence has been told everything.</summary>
    public void ForgetLeft()
    {
        foreach (var (key, place) in _places)
        {
            if (!place.IsOpen && time.GetElapsedTime(place.LeftAt) >= RememberLeft) _places.Remove(key);
        }
        // Give back the memory that a crowd needed.
        if (_places.Count < _places.Capacity / 4) _places.TrimExcess();
        if (_byClient.Count < _byClient.Capacity / 4) _byClient.TrimExcess();
        if (_dirty.Count < _dirty.Capacity / 4) _dirty.TrimExcess();
    }

    private Place Find(string key, string user)
    {
        if (!_places.TryGetValue(key, out var place)) _places.Add(key, place = new Place(user));
        if (!place.IsOpen) place.Since = time.GetUtcNow();
        return place;
    }

    private bool Touch(ClientSession client, string key)
    {
        if (!_byClient.TryGetValue(client, out var keys)) _byClient.Add(client, keys = []);
        keys.Add(key);
        _dirty.Add(key);
        client.ReportedSession = key;
        return true;
    }

    /// <summary>Has the session's next use on this connection reported again: the session is elsewhere by now.</summary>
    private static void ReportAgain(ClientSession? client, string key)
    {
        if (client?.ReportedSession == key) client.ReportedSession = null;
    }

    private bool Forget(string key)
    {
        if (!_places.Remove(key, out var place)) return false;
        foreach (var client in new[] { place.LoggedInOn, place.AcceptedOn })
        {
            if (client is not null && _byClient.TryGetValue(client, out var keys)) keys.Remove(key);
        }
        return true;
    }

    private bool Leave(string key, ClientSession? loggedInOn, ClientSession? acceptedOn)
    {
        if (!_places.TryGetValue(key, out var place)) return false;
        var left = false;
        if (place.LoggedInOn is not null && place.LoggedInOn == loggedInOn) (place.LoggedInOn, left) = (null, true);
        if (place.AcceptedOn is not null && place.AcceptedOn == acceptedOn) (place.AcceptedOn, left) = (null, true);
        if (!left) return false;
        if (place is { IsOpen: false, UseNumber: 0 }) _places.Remove(key);
        else if (!place.IsOpen) place.LeftAt = time.GetTimestamp();
        _dirty.Add(key);
        return true;
    }

    private sealed class Place(string user)
    {
        public DateTimeOffset Since { get; set; }
        public ClientSession? LoggedInOn { get; set; }
        public ClientSession? AcceptedOn { get; set; }
        public DateTimeOffset AcceptedAt { get; set; }
        public long UseNumber { get; set; }
        public long LeftAt { get; set; }
        public bool IsOpen => LoggedInOn is not null || AcceptedOn is not null;

        public HeldSession Describe(string key) =>
            new(key, user, Since, LoggedInOn is not null, AcceptedOn is null ? null : AcceptedAt, UseNumber);
    }
}
