namespace OrleansChat.Verification.Simulation.Host;

/// <summary>
/// Gives activations a thread. A grain that has work posts itself once and, when executed, runs its next turns.
/// </summary>
/// <remarks>
/// The implementation decides the order in which grains run: a simulation draws the next item by its seed and executes it on its own
/// thread. An item must be executed exactly once for each time it was posted. For a simulation to be complete, the code that it
/// runs must not leave its thread: no <c>Task.Run</c>, no <c>ConfigureAwait(false)</c>, and no
/// <c>RunContinuationsAsynchronously</c> on a task that goes through <c>WhenAll</c>, <c>WhenAny</c> or <c>WaitAsync</c>.
/// </remarks>
public interface ITurnQueue
{
    /// <summary>Executes the item later, never inside this call.</summary>
    void Post(IThreadPoolWorkItem item);
}

/// <summary>
/// Uses the common queue of .NET's thread pool, where all grains are equal. A thread's own queue is not faster, and runs the newest
/// item first.
/// </summary>
internal sealed class ThreadPoolTurnQueue : ITurnQueue
{
    public void Post(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
}

/// <summary>An action for a turn queue.</summary>
internal sealed class ActionItem(Action action) : IThreadPoolWorkItem
{
    public void Execute() => action();
}
