using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// Group commit: one loop that takes whatever queued during the last commit, and stores it with one statement. A lone group
/// starts at once; the more there is to do, the more groups share a commit.
/// </summary>
/// <remarks>
/// The fast path stores all groups of a batch or none. If none, the writer judges the groups, answers those whose fate is
/// certain, and tries the others again; if they fail again (another process was faster), it tries each alone. So no group
/// suffers for another. Groups of one recipient are decided in the order in which they were queued.
/// </remarks>
internal sealed partial class MailboxWriter : IAsyncDisposable
{
    private const int MaxBatchRows = 1000;
    private const int MaxBatchBytes = 4 << 20;

    /// <summary>Above this, appends fail at once, so that memory stays bounded when the database is slow.</summary>
    internal const long MaxQueuedBytes = 64 << 20;

    /// <summary>
    /// How many groups a task of the pool answers. A grain that is woken by a task of the pool goes on there; each that is woken by the
    /// writer's own thread goes through the pool's common queue.
    /// </summary>
    private const int AnswersTogether = 16;

    private static readonly TimeSpan MinBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarnEvery = TimeSpan.FromMinutes(1);

    private readonly Channel<PendingGroup> _queue =
        Channel.CreateUnbounded<PendingGroup>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Func<CancellationToken, Task<IMailboxConnection>> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<PendingGroup> _batch = [];
    private readonly bool _answersOnPool;
    private readonly Task _loop;
    private IMailboxConnection? _connection;
    private TimeSpan _backoff;
    private long? _warnedAt;
    private long _queuedBytes;

    /// <summary>Starts the loop, which connects on the first group.</summary>
    /// <param name="open">Opens a connection.</param>
    /// <param name="time">Times the pauses after failures.</param>
    /// <param name="logger">Receives the failures.</param>
    /// <param name="scheduler">Runs the loop; never a grain's scheduler. Default: the thread pool.</param>
    public MailboxWriter(
        Func<CancellationToken, Task<IMailboxConnection>> open, TimeProvider time, ILogger logger, TaskScheduler? scheduler = null)
    {
        _open = open;
        _time = time;
        _logger = logger;
        _answersOnPool = scheduler is WriterThread;
        _loop = Task.Factory.StartNew(
            RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler ?? TaskScheduler.Default).Unwrap();
    }

    /// <summary>Queues a group before returning: see <see cref="IMailbox.StoreAsync"/>.</summary>
    public Task<Appended> StoreAsync(MailboxGroup group)
    {
        var pending = new PendingGroup(group);
        if (Interlocked.Add(ref _queuedBytes, pending.Bytes) > MaxQueuedBytes || !_queue.Writer.TryWrite(pending))
        {
            Interlocked.Add(ref _queuedBytes, -pending.Bytes);
            pending.SetException(new StorageUnavailableException("The mailbox writer's queue is full or closed."));
        }
        return pending.Task;
    }

    /// <summary>Writes what is queued, for at most the timeout of a command, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stopping.CancelAfter(Database.CommandTimeout);
        await _loop;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            TakeBatch();
            try
            {
                await DecideAsync(await GetConnectionAsync());
            }
            catch (Exception exception)
            {
                await GiveUpAsync(exception);
            }
        }
        if (_connection != null)
            await _connection.DisposeAsync();
    }

    private void TakeBatch()
    {
        _batch.Clear();
        long rows = 0, bytes = 0;
        while (rows < MaxBatchRows && bytes < MaxBatchBytes && _queue.Reader.TryRead(out var group))
        {
            _batch.Add(group);
            rows += group.Messages.Count;
            bytes += group.Bytes;
        }
        Interlocked.Add(ref _queuedBytes, -bytes);
    }

    private async Task<IMailboxConnection> GetConnectionAsync()
    {
        if (_connection != null) return _connection;
        if (_backoff > TimeSpan.Zero)
            await Task.Delay(_backoff, _time, _stopping.Token);
        _connection = await _open(_stopping.Token);
        _backoff = TimeSpan.Zero;
        return _connection;
    }

    private async Task DecideAsync(IMailboxConnection connection)
    {
        if (await TryStoreAsync(connection, _batch)) return;
        var fit = await SettleAsync(connection, _batch);
        if (fit.Count == 0 || await TryStoreAsync(connection, fit)) return;
        foreach (var group in fit)
        {
            if (await TryStoreAsync(connection, [group])) continue;
            foreach (var loser in await SettleAsync(connection, [group]))
                loser.NotStored(AppendResult.Conflict);
        }
    }

    private async Task<bool> TryStoreAsync(IMailboxConnection connection, List<PendingGroup> groups)
    {
        if (!await connection.TryInsertAsync(groups)) return false;
        var commit = connection.LastCommit;
        for (var from = 0; from < groups.Count; from += AnswersTogether)
        {
            var some = groups.GetRange(from, Math.Min(AnswersTogether, groups.Count - from));
            // One that is stored alone is answered at once: GiveUpAsync must not find it open.
            if (_answersOnPool && groups.Count > 1) ThreadPool.UnsafeQueueUserWorkItem(Answer, (some, commit), preferLocal: false);
            else Answer((some, commit));
        }
        return true;

        static void Answer((List<PendingGroup> Groups, Commit Commit) stored)
        {
            foreach (var group in stored.Groups) group.Stored(stored.Commit);
        }
    }

    // Answers the groups whose fate is certain; returns those that seem to fit together.
    private async Task<List<PendingGroup>> SettleAsync(IMailboxConnection connection, List<PendingGroup> groups)
    {
        var facts = await connection.JudgeAsync(groups);
        var next = new Dictionary<long, long?>();
        var fit = new List<PendingGroup>();
        var taken = new HashSet<(long? Sender, string Id)>();
        var read = 0;
        foreach (var group in groups)
        {
            var ofGroup = facts.Slice(read, group.Messages.Count);
            read += ofGroup.Count;
            // If two groups of this batch claim the same thing, the first gets it and the other is told to try again.
            var claims = group.Messages.Select(m => ((long?)null, m.Id.ToString()))
                .Concat(group.Messages.Where(m => m.OnceId is not null).Select(m => (ofGroup[0].SenderAccountId, m.OnceId!))).ToList();
            group.Judge(ofGroup);
            next.TryAdd(group.AccountId, ofGroup[0].LastNumber + 1);
            if (Verdict(ofGroup) is { } verdict)
            {
                if (verdict == AppendResult.OutOfTime) WarnOfTime(group.Messages, ofGroup);
                if (verdict == AppendResult.Stored) group.Stored(new Commit(ofGroup[0].DatabaseTime, ofGroup[0].Durability));
                else group.NotStored(verdict);
            }
            else if (group.FirstNumber != next[group.AccountId] || claims.Exists(taken.Contains))
                group.NotStored(AppendResult.Conflict);
            else
            {
                taken.UnionWith(claims);
                next[group.AccountId] += group.Messages.Count;
                fit.Add(group);
            }
        }
        return fit;
    }

    private static AppendResult? Verdict(List<MessageFacts> facts)
    {
        var missing = facts.FindAll(fact => !fact.IsStored);
        return missing.Count == 0 ? AppendResult.Stored
            : !missing[0].IsSessionAlive ? AppendResult.SessionEnded
            : missing.Exists(fact => fact.IsBound) ? AppendResult.AlreadyBound
            : missing.Exists(fact => fact.IsOutOfTime) ? AppendResult.OutOfTime
            : missing.Exists(fact => fact.IsBlocked) ? AppendResult.Blocked
            : missing.Exists(fact => fact.IsTargetGone) ? AppendResult.TargetGone
            : null;
    }

    private void WarnOfTime(IReadOnlyList<NewMessage> missing, List<MessageFacts> facts)
    {
        if (_warnedAt is { } before && _time.GetElapsedTime(before) < WarnEvery) return;
        _warnedAt = _time.GetTimestamp();
        var index = facts.FindAll(fact => !fact.IsStored).FindIndex(fact => fact.IsOutOfTime);
        LogOutOfTime(MessageId.MintedAt(missing[index].Id), facts[0].DatabaseTime);
    }

    // The connection broke, or could not be opened: the fate of the unanswered groups is unknown.
    private async Task GiveUpAsync(Exception exception)
    {
        foreach (var group in _batch)
            group.TrySetException(Statements.Unavailable("appending to mailboxes", exception));
        _backoff = _backoff == TimeSpan.Zero ? MinBackoff : TimeSpan.FromTicks(Math.Min(_backoff.Ticks * 2, MaxBackoff.Ticks));
        LogGaveUp(exception, _batch.Count, _backoff);
        if (_connection != null)
            await _connection.DisposeAsync();
        _connection = null;
    }

    [LoggerMessage(
        3030, LogLevel.Error,
        "Gave up on {Groups} groups of messages; whether they are stored is unknown. Reconnecting in {Backoff}.")]
    private partial void LogGaveUp(Exception exception, int groups, TimeSpan backoff);

    [LoggerMessage(
        3031, LogLevel.Warning,
        "Refused a message that a gateway accepted at {Minted:O} by its own clock: it is {Now:O} by the database's. If this comes again, "
        + "a clock is wrong: set it, and let NTP keep it right. This is logged at most once per minute.")]
    private partial void LogOutOfTime(DateTimeOffset minted, DateTimeOffset now);
}
