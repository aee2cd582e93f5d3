using System.Threading.Channels;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// One loop that takes whatever queued during the last commit, and commits it together. A lone request starts at once.
/// </summary>
/// <typeparam name="T">A request, with its answer.</typeparam>
internal abstract class GroupedWriter<T> : IAsyncDisposable
{
    private const int MaxBatch = 1000;

    /// <summary>More than this many wait only where the database does not answer: each may hold a delivery in memory.</summary>
    private const int MaxQueued = 10 * MaxBatch;

    private readonly Channel<T> _queue = Channel.CreateBounded<T>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    /// <summary>Starts the loop on the thread pool.</summary>
    protected GroupedWriter() => _loop = Task.Run(RunAsync);

    /// <summary>Writes what is queued, for at most the timeout of a command.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stopping.CancelAfter(Database.CommandTimeout);
        await _loop;
        _stopping.Dispose();
    }

    /// <summary>Queues a request before returning.</summary>
    /// <exception cref="StorageUnavailableException">The writer is closed, or too many requests wait.</exception>
    protected void Queue(T request)
    {
        if (!_queue.Writer.TryWrite(request))
            throw new StorageUnavailableException("The mailboxes are closed, or too many requests wait for the database.");
    }

    /// <summary>Writes requests together and answers each; it must not throw.</summary>
    protected abstract Task WriteAsync(List<T> batch, CancellationToken cancellationToken);

    private async Task RunAsync()
    {
        var batch = new List<T>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var request)) batch.Add(request);
            await WriteAsync(batch, _stopping.Token);
        }
    }
}
