using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>Turns by address, of which so many a second begin: whoever has one waits in it until it may. Thread-safe.</summary>
/// <param name="concurrency">How many there are at once.</param>
/// <param name="maxWaiting">How many may wait for one.</param>
/// <param name="perSecond">How many begin a second; as many at once.</param>
/// <param name="time">The clock.</param>
internal sealed class PacedTurns(int concurrency, int maxWaiting, int perSecond, TimeProvider time)
{
    /// <summary>Who waits longer for a turn gets none.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly FairTurns _turns = new(concurrency, maxWaiting);
    private readonly RateLimit _rate = new(perSecond, perSecond, time);
    private readonly Lock _gate = new();

    /// <summary>Waits for a turn, to be given back by <see cref="Release"/>; false for none.</summary>
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
