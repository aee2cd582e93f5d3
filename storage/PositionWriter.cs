using System.Threading.Channels;
using Npgsql;

namespace OrleansChat.Storage;

/// <summary>
/// Moves read positions: one loop that takes whatever has queued while the last commit was under way, and commits it
/// together. A lone move starts at once.
/// </summary>
internal sealed class PositionWriter : IAsyncDisposable
{
    private const int MaxBatch = 1000;

    // Locked in one order by every process, so that no two wait for each other.
    private const string Sql =
        """
        WITH locked AS MATERIALIZED (
            SELECT account_id FROM mailbox_position WHERE account_id = ANY ($1::bigint[]) ORDER BY account_id FOR NO KEY UPDATE)
        UPDATE mailbox_position p
        SET received = least(i.position, last_number(i.account_id))
        FROM unnest($1::bigint[], $2::bigint[]) AS i (account_id, position)
        JOIN locked USING (account_id)
        WHERE p.account_id = i.account_id AND p.received < least(i.position, last_number(i.account_id))
        """;

    private readonly Channel<Move> _queue = Channel.CreateUnbounded<Move>(new UnboundedChannelOptions { SingleReader = true });
    private readonly NpgsqlDataSource _source;
    private readonly Task _loop;

    /// <summary>Starts the loop, on the thread pool.</summary>
    public PositionWriter(NpgsqlDataSource source)
    {
        _source = source;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>See <see cref="IMailbox.AdvanceAsync"/>.</summary>
    public Task AdvanceAsync(long accountId, long position)
    {
        var move = new Move(accountId, position);
        if (!_queue.Writer.TryWrite(move))
            move.SetException(new StorageUnavailableException("The mailboxes are closed."));
        return move.Task;
    }

    /// <summary>Writes what has queued.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
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
        // Of two moves of one position the further one is both.
        var positions = new Dictionary<long, long>();
        foreach (var move in batch)
            positions[move.AccountId] = Math.Max(move.Position, positions.GetValueOrDefault(move.AccountId));
        try
        {
            await _source.ExecuteAsync("moving read positions", Sql, [positions.Keys.ToArray(), positions.Values.ToArray()]);
            foreach (var move in batch)
                move.SetResult();
        }
        catch (Exception exception)
        {
            foreach (var move in batch)
                move.SetException(exception);
        }
    }

    private sealed class Move(long accountId, long position) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long AccountId => accountId;
        public long Position => position;
    }
}
