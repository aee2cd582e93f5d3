namespace OrleansChat.Limits;

/// <summary>Hands out turns fairly by address, and at a limited rate: a turn begins only when the rate allows it. Thread-safe.</summary>
/// <param name="concurrency">How many turns there are at the same time.</param>
/// <param name="maxWaiting">How many callers may wait for a turn.</param>
/// <param name="perSecond">How many turns begin per second; also the burst.</param>
/// <param name="time">Measures the rate and the wait.</param>
public sealed class PacedTurns(int concurrency, int maxWaiting, int perSecond, TimeProvider time)
{
    /// <summary>A caller that waits longer than this gets no turn.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly FairTurns _turns = new(concurrency, maxWaiting);
    private readonly RateLimit _rate = new(perSecond, perSecond, time);
    private readonly Lock _gate = new();

    /// <summary>Waits for a turn, which <see cref="Release"/> gives back; false when there is none in time.</summary>
    public async ValueTask<bool> TakeAsync(string address)
    {
        var turn = _turns.WaitAsync(address);
        if (!turn.IsCompleted)
        {
            using var inTime = new CancellationTokenSource();
            await Task.WhenAny(turn, Task.Delay(LongestWait, time, inTime.Token));
            await inTime.CancelAsync();
            if (_turns.TryGiveUp(address, turn)) return false;
        }
        if (!await turn) return false;
        TimeSpan wait;
        lock (_gate) wait = _rate.Charge(1);
        if (wait > TimeSpan.Zero) await Task.Delay(wait, time);
        return true;
    }

    /// <summary>Gives a turn back.</summary>
    public void Release() => _turns.Release();
}
