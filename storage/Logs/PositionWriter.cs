using System.Threading.Channels;
using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// Moves read positions: one loop that takes whatever queued during the last commit, and commits it together. A lone move
/// starts at once.
/// </summary>
internal sealed class PositionWriter : IAsyncDisposable
{
    private const int MaxBatch = 1000;

    // Skips rows that someone else has locked, such as a removal of the account: no move waits for another account.
    private const string Sql =
        """
        WITH locked AS MATERIALIZED (
            SELECT log_id FROM log WHERE log_id = ANY ($1::bigint[]) FOR NO KEY UPDATE SKIP LOCKED),
        moved AS (
            UPDATE log g
            SET received = least(i.position, last_number(i.log_id)),
                look_at = CASE g.look_at WHEN 'infinity' THEN coalesce(due_at(g.log_id, g.purged), g.look_at) ELSE g.look_at END
            FROM unnest($1::bigint[], $2::bigint[]) AS i (log_id, position)
            JOIN locked USING (log_id)
            WHERE g.log_id = i.log_id AND g.received < least(i.position, last_number(i.log_id)))
        SELECT log_id FROM locked
        """;

    private const string AloneSql =
        """
        UPDATE log
        SET received = least($2, last_number(log_id)),
            look_at = CASE look_at WHEN 'infinity' THEN coalesce(due_at(log_id, purged), look_at) ELSE look_at END
        WHERE log_id = $1 AND received < least($2, last_number(log_id))
        """;

    private readonly Channel<Move> _queue = Channel.CreateUnbounded<Move>(new UnboundedChannelOptions { SingleReader = true });
    private readonly NpgsqlDataSource _source;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    /// <summary>Starts the loop on the thread pool.</summary>
    public PositionWriter(NpgsqlDataSource source)
    {
        _source = source;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Queues a move before returning: see <see cref="IMailbox.AdvanceAsync"/>.</summary>
    public Task AdvanceAsync(long accountId, long position)
    {
        var move = new Move(accountId, position);
        if (!_queue.Writer.TryWrite(move))
            move.SetException(new StorageUnavailableException("The mailboxes are closed."));
        return move.Task;
    }

    /// <summary>Writes what is queued, for at most the timeout of a command.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stopping.CancelAfter(Database.CommandTimeout);
        await _loop;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<Move>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var move))
                batch.Add(move);
            await WriteAsync(batch);
        }
    }

    private async Task WriteAsync(List<Move> batch)
    {
        // Of several moves of one account, the furthest includes the others.
        var positions = new Dictionary<long, long>();
        foreach (var move in batch)
            positions[move.AccountId] = Math.Max(move.Position, positions.GetValueOrDefault(move.AccountId));
        try
        {
            var written = await _source.QueryAsync(
                "moving read positions", Sql, [positions.Keys.ToArray(), positions.Values.ToArray()],
                reader => reader.GetInt64(0), _stopping.Token);
            var isWritten = written.ToHashSet();
            foreach (var move in batch)
            {
                if (isWritten.Contains(move.AccountId)) move.SetResult();
                else _ = WriteAloneAsync(move);
            }
        }
        catch (Exception exception)
        {
            foreach (var move in batch)
                move.SetException(exception);
        }
    }

    private async Task WriteAloneAsync(Move move)
    {
        try
        {
            await _source.ExecuteAsync("moving a read position", AloneSql, [move.AccountId, move.Position]);
            move.SetResult();
        }
        catch (Exception exception)
        {
            move.SetException(exception);
        }
    }

    private sealed class Move(long accountId, long position) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long AccountId => accountId;
        public long Position => position;
    }
}
