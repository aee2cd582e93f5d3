using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway;

/// <summary>
/// Which sessions are on which of this gateway's connections: each where it logged in, and where its token was last
/// accepted. Not thread-safe. The changing methods tell whether anything changed that presence must know.
/// </summary>
internal sealed class HeldSessions(TimeProvider time)
{
    private readonly Dictionary<string, Place> _places = [];
    private readonly Dictionary<ChatConnection, HashSet<string>> _byConnection = [];
    private readonly HashSet<string> _dirty = [];

    public bool LoggedIn(ChatConnection connection, string key, string user)
    {
        Find(key, user).LoggedInOn = connection;
        return Touch(connection, key);
    }

    public bool Accepted(ChatConnection connection, string key, string user)
    {
        var place = Find(key, user);
        place.AcceptedOn = connection;
        place.AcceptedAt = time.GetUtcNow();
        return Touch(connection, key);
    }

    public bool Ended(string key) => Forget(key) && _dirty.Add(key);

    public bool Closed(ChatConnection connection)
    {
        if (!_byConnection.Remove(connection, out var keys)) return false;
        var changed = false;
        foreach (var key in keys) changed |= Leave(key, connection, connection);
        return changed;
    }

    /// <summary>Acts upon a notice of presence: it knows already.</summary>
    public void Take(PresenceNotice notice)
    {
        if (notice.Ended) Forget(notice.SessionKey);
        else if (_places.TryGetValue(notice.SessionKey, out var place)) Leave(notice.SessionKey, null, place.AcceptedOn);
    }

    /// <summary>Everything; nothing counts as changed afterwards.</summary>
    public HeldSession[] All()
    {
        _dirty.Clear();
        return [.. _places.Select(p => p.Value.Describe(p.Key))];
    }

    /// <summary>What changed since the last call, or since <see cref="All"/>.</summary>
    public (HeldSession[] Held, string[] Dropped) TakeChanges()
    {
        var held = _dirty.Where(_places.ContainsKey).Select(key => _places[key].Describe(key)).ToArray();
        var dropped = _dirty.Where(key => !_places.ContainsKey(key)).ToArray();
        _dirty.Clear();
        return (held, dropped);
    }

    private Place Find(string key, string user)
    {
        if (!_places.TryGetValue(key, out var place)) _places.Add(key, place = new Place(user, time.GetUtcNow()));
        return place;
    }

    private bool Touch(ChatConnection connection, string key)
    {
        if (!_byConnection.TryGetValue(connection, out var keys)) _byConnection.Add(connection, keys = []);
        keys.Add(key);
        _dirty.Add(key);
        return true;
    }

    private bool Forget(string key)
    {
        if (!_places.Remove(key, out var place)) return false;
        foreach (var connection in new[] { place.LoggedInOn, place.AcceptedOn })
        {
            if (connection is not null && _byConnection.TryGetValue(connection, out var keys)) keys.Remove(key);
        }
        return true;
    }

    private bool Leave(string key, ChatConnection? loggedInOn, ChatConnection? acceptedOn)
    {
        if (!_places.TryGetValue(key, out var place)) return false;
        var left = false;
        if (place.LoggedInOn is not null && place.LoggedInOn == loggedInOn) (place.LoggedInOn, left) = (null, true);
        if (place.AcceptedOn is not null && place.AcceptedOn == acceptedOn) (place.AcceptedOn, left) = (null, true);
        if (left && place is { LoggedInOn: null, AcceptedOn: null }) _places.Remove(key);
        return left && _dirty.Add(key);
    }

    private sealed class Place(string user, DateTimeOffset since)
    {
        public ChatConnection? LoggedInOn { get; set; }
        public ChatConnection? AcceptedOn { get; set; }
        public DateTimeOffset AcceptedAt { get; set; }

        public HeldSession Describe(string key) =>
            new(key, user, since, LoggedInOn is not null, AcceptedOn is null ? null : AcceptedAt);
    }
}
