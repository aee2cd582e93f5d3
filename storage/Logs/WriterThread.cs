using System.Diagnostics.CodeAnalysis;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// A thread for one writer, which then does not wait for the thread pool and may block on its connection.
/// </summary>
/// <remarks>It sleeps when idle: spinning, as the framework's collections do, would take CPU time from PostgreSQL.</remarks>
internal sealed class WriterThread : TaskScheduler, IDisposable
{
    private readonly Queue<Task> _tasks = [];
    private bool _isEnding;

    /// <summary>Starts the thread in the background.</summary>
    /// <param name="name">The name that debuggers show.</param>
    public WriterThread(string name) => new Thread(Run) { IsBackground = true, Name = name }.Start();

    /// <summary>Ends the thread after the queued tasks.</summary>
    public void Dispose()
    {
        lock (_tasks)
        {
            _isEnding = true;
            Monitor.Pulse(_tasks);
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_tasks) return [.. _tasks];
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        lock (_tasks)
        {
            ObjectDisposedException.ThrowIf(_isEnding, this);
            _tasks.Enqueue(task);
            Monitor.Pulse(_tasks);
        }
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    private void Run()
    {
        while (TryTake(out var task)) TryExecuteTask(task);
    }

    private bool TryTake([NotNullWhen(true)] out Task? task)
    {
        lock (_tasks)
        {
            while (!_tasks.TryDequeue(out task) && !_isEnding) Monitor.Wait(_tasks);
            return task is not null;
        }
    }
}
