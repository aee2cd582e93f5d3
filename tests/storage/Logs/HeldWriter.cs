using Microsoft.Extensions.Logging.Abstractions;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Tests.Logs;

/// <summary>A writer that takes all that is queued before <see cref="StoreAsync"/> as one batch.</summary>
internal sealed class HeldWriter : IAsyncDisposable
{
    private readonly TaskCompletionSource _opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task<AppendResult>> _appends = [];
    private readonly MailboxWriter _writer;

    public HeldWriter(Database database) => _writer = new MailboxWriter(
        async token =>
        {
            await _opening.Task;
            return await MailboxConnection.OpenAsync(database, token);
        },
        TimeProvider.System, NullLogger.Instance);

    /// <summary>Queues a group.</summary>
    public void Add(MailboxGroup group) => _appends.Add(_writer.AppendAsync(group));

    /// <summary>Stores what was added; the outcomes.</summary>
    public Task<AppendResult[]> StoreAsync()
    {
        _opening.SetResult();
        return Task.WhenAll(_appends);
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();
}
