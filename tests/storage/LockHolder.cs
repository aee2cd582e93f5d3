using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

/// <summary>A transaction that holds locks until the test has it end.</summary>
internal sealed class LockHolder : IAsyncDisposable
{
    private const string Waiters = "FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))";

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private LockHolder(NpgsqlDataSource source, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_source, _connection, _transaction) = (source, connection, transaction);

    public static async Task<LockHolder> BeginAsync(NpgsqlDataSource source)
    {
        var connection = await source.OpenConnectionAsync();
        return new LockHolder(source, connection, await connection.BeginTransactionAsync());
    }

    /// <summary>Runs a statement, which takes locks; its rows.</summary>
    public async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, _connection, _transaction).With(parameters);
        return await command.ReadAllAsync(read, default);
    }

    /// <summary>Runs a statement, which takes locks.</summary>
    public Task RunAsync(string sql, params object?[] parameters) => ReadAsync(sql, _ => true, parameters);

    /// <summary>Returns when something waits for it, which must not end before that. PostgreSQL tells nobody of it: it is asked.</summary>
    public async Task WaitedForAsync(Task waiting)
    {
        using var patience = new CancellationTokenSource(Waiting.Patience);
        while (await _source.CountAsync($"SELECT count(*) {Waiters}", _connection.ProcessID) == 0)
        {
            Assert.False(waiting.IsCompleted, "It did not wait.");
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Ends the processes that wait for it.</summary>
    public Task KillWaitingAsync() => _source.CountAsync(
        $"SELECT count(pg_terminate_backend(pid)) {Waiters}", _connection.ProcessID);

    /// <summary>Commits.</summary>
    public Task ReleaseAsync() => _transaction.CommitAsync();

    /// <summary>Rolls back.</summary>
    public Task UndoAsync() => _transaction.RollbackAsync();

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
