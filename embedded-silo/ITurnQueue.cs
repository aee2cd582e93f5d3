namespace Orleans.Embedded;

/// <summary>
/// Where activations go to get a thread. A grain that has work posts itself once and, when executed, runs its next turns.
/// </summary>
/// <remarks>
/// Whoever implements it decides the order in which grains run: a simulation draws the next item by its seed and executes
/// it on its own thread. An item must be executed exactly once for each time it was posted.
/// </remarks>
public interface ITurnQueue
{
    /// <summary>Has the item executed later, never inside this call.</summary>
    void Post(IThreadPoolWorkItem item);
}

/// <summary>The .NET thread pool.</summary>
internal sealed class ThreadPoolTurnQueue : ITurnQueue
{
    public void Post(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: true);
}
