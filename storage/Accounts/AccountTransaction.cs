using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

/// <summary>A transaction on an account; disposing it without a commit rolls it back.</summary>
internal sealed class AccountTransaction : IAsyncDisposable
{
    // Long, because a list of conversations may be.
    private const int CommandSeconds = 60;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly int _seconds;
    private long? _removed;
    private readonly CancellationToken _cancellationToken;

    private AccountTransaction(
        NpgsqlConnection connection, NpgsqlTransaction transaction, int seconds, CancellationToken cancellationToken) =>
        (_connection, _transaction, _seconds, _cancellationToken) = (connection, transaction, seconds, cancellationToken);

    /// <summary>Opens a connection and begins a transaction.</summary>
    /// <param name="source">The database.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="seconds">How long a statement may take.</param>
    public static async Task<AccountTransaction> BeginAsync(
        NpgsqlDataSource source, CancellationToken cancellationToken, int seconds = CommandSeconds)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        return new(connection, await connection.BeginTransactionAsync(cancellationToken), seconds, cancellationToken);
    }

    /// <summary>Reads a user's row and locks it: no grain can write it until the transaction ends.</summary>
    public Task<StoredState?> ReadAsync(string userName) => ReadAsync(GrainKeys.UserStateName, GrainKeys.ForUser(userName));

    /// <summary>Reads a session's row and locks it, so that it does not end meanwhile. Lock its user before.</summary>
    public Task<StoredState?> ReadSessionAsync(string sessionKey) => ReadAsync(GrainKeys.SessionStateName, sessionKey);

    /// <summary>Writes a user's row over the version that was read; false if another writer was first.</summary>
    public Task<bool> WriteAsync(string userName, UserState state, int? version) =>
        WriteAsync(GrainKeys.UserStateName, GrainKeys.ForUser(userName), GrainStateFormat.Serialize(state), version);

    /// <summary>Writes a session's row over the version that was read; false if another writer was first.</summary>
    public Task<bool> WriteSessionAsync(string sessionKey, SessionState state, int version) =>
        WriteAsync(GrainKeys.SessionStateName, sessionKey, GrainStateFormat.Serialize(state), version);

    /// <summary>Adds a user with a new account; false if there is one of that name.</summary>
    public async Task<bool> AddAsync(string userName, string displayName, string passwordHash)
    {
        var accountId = await ScalarAsync<long>("INSERT INTO log DEFAULT VALUES RETURNING log_id");
        var state = new UserState
        {
            AccountId = accountId,
            DisplayName = displayName,
            PasswordHash = passwordHash,
            SecurityStamp = Guid.NewGuid(),
        };
        return await WriteAsync(userName, state, null);
    }

    /// <summary>
    /// Deletes a user's row and list of conversations, and leaves inbox and receipts to the purge; rooms follow the commit. The sessions
    /// die with the row, but their own rows stay until a host, which needs their keys, learns of the removal, or until they expire.
    /// </summary>
    public async Task RemoveAsync(string userName, int version, long accountId)
    {
        await ExecuteAsync(GrainStateTable.DeleteSql, GrainKeys.UserStateName, GrainKeys.ForUser(userName), version);
        await ExecuteAsync("UPDATE log SET removed_at = clock_timestamp(), look_at = now() WHERE log_id = $1", accountId);
        await ExecuteAsync("DELETE FROM member WHERE account_id = $1", accountId);
        await DropCodesAsync(accountId);
        _removed = accountId;
    }

    /// <summary>
    /// Forgets invitations, which somebody else may have made, and the code for a lost password: the password is another.
    /// </summary>
    public Task DropCodesAsync(long accountId) => ExecuteAsync("SELECT drop_codes($1)", accountId);

    /// <summary>Says why a name that no user has cannot be given: null if it can.</summary>
    public async Task<string?> FindHolderAsync(string userName)
    {
        await using var command = Command(
            """
            SELECT CASE
                WHEN EXISTS (SELECT FROM account WHERE user_name = $1)
                    THEN format('The name %s is that of a removed user: after "erase %s" it can be given again.', $1, $1)
                WHEN EXISTS (SELECT FROM erased_name WHERE digest = sha256(convert_to($1, 'UTF8')) AND free_at > now())
                    THEN format('The name %s was erased a moment ago: it can be given again after 12 minutes.', $1)
            END
            """,
            userName);
        return await command.ExecuteScalarAsync(_cancellationToken) as string;
    }

    /// <summary>Runs a statement that returns one value.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync(_cancellationToken))!;
    }

    /// <summary>Runs a statement and returns the number of rows that it changed.</summary>
    public async Task<int> ExecuteAsync(string sql, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(_cancellationToken);
    }

    /// <summary>Records the change for the hosts, and commits. A removed account leaves its rooms then, one after the other.</summary>
    public async Task CommitAsync(string userName)
    {
        await ExecuteAsync("SELECT note_account_change($1)", userName);
        await _transaction.CommitAsync(_cancellationToken);
        if (_removed is { } accountId) await LeaveRoomsAsync(accountId);
    }

    /// <summary>Rolls back unless committed, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    // Its sessions are dead, so that nobody is in these rooms already. The removal is committed: what is left here, the purge does, also
    // where the server has ended this connection (class 57).
    private async Task LeaveRoomsAsync(long accountId)
    {
        try
        {
            await using var command = new NpgsqlCommand("SELECT leave_room($1)", _connection) { CommandTimeout = _seconds };
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = accountId });
            while ((bool)(await command.ExecuteScalarAsync(_cancellationToken))!) { }
        }
        catch (NpgsqlException exception)
            when (exception.IsTransient || exception.SqlState?.StartsWith("57", StringComparison.Ordinal) == true)
        {
            return;
        }
    }

    private async Task<StoredState?> ReadAsync(string stateName, string grainKey)
    {
        await using var command = Command(GrainStateTable.ReadSql + " FOR UPDATE", stateName, grainKey);
        return (await command.ReadAllAsync(GrainStateTable.ReadState, _cancellationToken)).SingleOrDefault();
    }

    private async Task<bool> WriteAsync(string stateName, string grainKey, byte[] payload, int? version)
    {
        await using var command = Command(
            GrainStateTable.WriteSql, GrainStateTable.WriteParameters(stateName, grainKey, payload, version));
        return (await command.ReadAllAsync(GrainStateTable.ReadVersion, _cancellationToken)).Single() != null;
    }

    private NpgsqlCommand Command(string sql, params object?[] parameters) =>
        new NpgsqlCommand(sql, _connection, _transaction) { CommandTimeout = _seconds }.With(parameters);
}
