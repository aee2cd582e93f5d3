using System.Collections.Concurrent;

namespace OrleansChat.Storage;

/// <summary>
/// A thread for one writer: what the writer does waits for no turn in the thread pool, and it may block on its connection.
/// </summary>
internal sealed class WriterThread : TaskScheduler, IDisposable
{
    private readonly BlockingCollection<Task> _tasks = [];

    /// <summary>Starts the thread.</summary>
    /// <param name="name">What debuggers call it.</param>
    public WriterThread(string name) => new Thread(Run) { IsBackground = true, Name = name }.Start();

    /// <summary>Ends the thread after what is queued.</summary>
    public void Dispose() => _tasks.CompleteAdding();

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => _tasks.Add(task);

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    private void Run()
    {
        foreach (var task in _tasks.GetConsumingEnumerable())
            TryExecuteTask(task);
    }
}
