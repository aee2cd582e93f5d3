namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>How often a session may move its marker of one conversation: each time costs a commit. Thread-safe.</summary>
internal sealed class MarkerPace(TimeProvider time)
{
    /// <summary>The least time between two moves.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>The most moves to remember, some 3 MB; beyond that it forgets those that are old enough, or else all.</summary>
    private const int MaxRemembered = 20_000;

    private readonly Dictionary<(string SessionKey, string Peer), long> _moved = [];

    /// <summary>Whether the marker may move now; if so, it has.</summary>
    public bool MayMove(string sessionKey, string peer)
    {
        lock (_moved)
        {
            if (_moved.TryGetValue((sessionKey, peer), out var at) && time.GetElapsedTime(at) < Every) return false;
            if (_moved.Count >= MaxRemembered) Forget();
            _moved[(sessionKey, peer)] = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>Forgets a move that was not made.</summary>
    public void TakeBack(string sessionKey, string peer)
    {
        lock (_moved) _moved.Remove((sessionKey, peer));
    }

    private void Forget()
    {
        foreach (var (marker, at) in _moved)
            if (time.GetElapsedTime(at) >= Every) _moved.Remove(marker);
        if (_moved.Count >= MaxRemembered) _moved.Clear();
    }
}
