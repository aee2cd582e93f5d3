using System.Diagnostics.CodeAnalysis;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// A thread for one writer: what the writer does waits for no turn in the thread pool, and it may block on its connection.
/// </summary>
/// <remarks>It sleeps as soon as there is nothing to do: spinning, as the framework's collections do, takes PostgreSQL's time.</remarks>
internal sealed class WriterThread : TaskScheduler, IDisposable
{
    private readonly Queue<Task> _tasks = [];
    private bool _isEnding;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">What debuggers call it.</param>
    public WriterThread(string name) => new Thread(Run) { IsBackground = true, Name = name }.Start();

    /// <summary>Ends the thread after what is queued.</summary>
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
