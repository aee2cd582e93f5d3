namespace OrleansChat.Limits;

/// <summary>
/// Gives out a limited number of turns, to the waiting addresses in rotation: an address that asks a hundred times waits only for
/// itself. Thread-safe.
/// </summary>
/// <param name="concurrency">How many turns there are at the same time.</param>
/// <param name="maxWaiting">How many may wait. Beyond it, the latest waiter of the address with the most waiters is turned away.</param>
public sealed class FairTurns(int concurrency, int maxWaiting)
{
    private readonly Lock _gate = new();

    // In the order in which the addresses get their next turns.
    private readonly OrderedDictionary<string, LinkedList<TaskCompletionSource<bool>>> _waiting = [];
    private int _free = concurrency;
    private int _count;

    /// <summary>Waits for a turn, which <see cref="Release"/> gives back.</summary>
    /// <returns>Whether there is a turn; false when too many wait.</returns>
    public Task<bool> WaitAsync(string address)
    {
        TaskCompletionSource<bool>? turnedAway = null;
        var mine = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return Task.FromResult(true);
            }
            if (!_waiting.TryGetValue(address, out var queue)) _waiting.Add(address, queue = new());
            queue.AddLast(mine);
            if (++_count > maxWaiting) turnedAway = TakeLast();
        }
        turnedAway?.SetResult(false);
        return mine.Task;
    }

    /// <summary>Gives a turn back, and so to the next address that waits.</summary>
    public void Release()
    {
        TaskCompletionSource<bool> next;
        lock (_gate)
        {
            if (_count == 0)
            {
                _free++;
                return;
            }
            var (address, queue) = _waiting.GetAt(0);
            next = queue.First!.Value;
            queue.RemoveFirst();
            _count--;
            _waiting.RemoveAt(0);
            if (queue.Count > 0) _waiting.Add(address, queue);
        }
        next.SetResult(true);
    }

    /// <summary>Stops waiting for a turn.</summary>
    /// <param name="address">The address that waits.</param>
    /// <param name="turn">The task that <see cref="WaitAsync"/> returned.</param>
    /// <returns>False if the wait has ended by now, with or without a turn.</returns>
    public bool TryGiveUp(string address, Task<bool> turn)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(address, out var queue)) return false;
            for (var waiter = queue.First; waiter is not null; waiter = waiter.Next)
            {
                if (waiter.Value.Task != turn) continue;
                queue.Remove(waiter);
                _count--;
                if (queue.Count == 0) _waiting.Remove(address);
                return true;
            }
            return false;
        }
    }

    private TaskCompletionSource<bool> TakeLast()
    {
        var (address, queue) = _waiting.MaxBy(w => w.Value.Count);
        var last = queue.Last!.Value;
        queue.RemoveLast();
        _count--;
        if (queue.Count == 0) _waiting.Remove(address);
        return last;
    }
}
