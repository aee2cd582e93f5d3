using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;

namespace OrleansChat.Bench.Servers;

/// <summary>
/// One scenario's own database, with the service's schema; dropped when disposed. Users and sessions are written into it directly,
/// while no silo runs, because each login would cost the hashing of a password.
/// </summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    /// <summary>How many states one transaction writes: each takes a lock until the commit, and PostgreSQL's lock table is small.</summary>
    private const int MaxStates = 1_000;

    private readonly DatabaseServer _server;
    private readonly string _name;
    private readonly Database _database;
    private readonly GrainStateTable _states;

    private BenchDatabase(DatabaseServer server, string name)
    {
        (_server, _name, ConnectionString) = (server, name, server.ConnectionStringOf(name));
        _database = new Database(new StorageOptions { ConnectionString = ConnectionString }, NullLogger<Database>.Instance);
        _states = new GrainStateTable(_database.DataSource);
    }

    /// <summary>The connection string for the silo.</summary>
    public string ConnectionString { get; }

    /// <summary>The process ID of PostgreSQL's postmaster.</summary>
    public int PostmasterId => _server.PostmasterId;

    /// <summary>Creates the database, replacing an older one of that name.</summary>
    public static async Task<BenchDatabase> CreateAsync(BenchOptions options, string scenario, CancellationToken cancellationToken)
    {
        var server = await DatabaseServer.ConnectAsync(options.Database, cancellationToken);
        var database = new BenchDatabase(server, $"orleanschat_bench_{scenario}");
        await server.CreateAsync(database._name, cancellationToken);
        await Migrator.MigrateAsync(database._database.DataSource, cancellationToken);
        return database;
    }

    /// <summary>Adds users with names of equal length, who all have this password; without one, they cannot log in.</summary>
    public async Task<IReadOnlyList<BenchUser>> AddUsersAsync(
        string prefix, int count, CancellationToken cancellationToken, string? password = null)
    {
        // One hash for all: hashing a thousand passwords takes minutes.
        var hash = password is null ? "" : new Passwords().Hash(password);
        var users = new List<BenchUser>(count);
        await using var command = _database.DataSource.CreateCommand(
            "INSERT INTO log (removed_at) SELECT NULL FROM generate_series(1, $1) RETURNING log_id");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        await using (var accounts = await command.ExecuteReaderAsync(cancellationToken))
            while (await accounts.ReadAsync(cancellationToken))
                users.Add(new BenchUser(BenchUser.NameOf(prefix, users.Count), accounts.GetInt64(0), Guid.NewGuid()));
        await WriteAsync(GrainKeys.UserStateName, users.Select(user => (GrainKeys.ForUser(user.Name),
            new UserState
            {
                AccountId = user.AccountId,
                DisplayName = $"Benchmark {user.Name}",
                PasswordHash = hash,
                SecurityStamp = user.SecurityStamp,
            })),
            cancellationToken);
        return users;
    }

    /// <summary>Adds users, and opens a session for each.</summary>
    /// <returns>The tokens.</returns>
    public async Task<IReadOnlyList<string>> AddSessionsAsync(int count, CancellationToken cancellationToken)
    {
        return await AddSessionsAsync(await AddUsersAsync("sender", count, cancellationToken), cancellationToken);
    }

    /// <summary>Opens a session for each of the users.</summary>
    /// <returns>The tokens.</returns>
    public async Task<IReadOnlyList<string>> AddSessionsAsync(IReadOnlyList<BenchUser> users, CancellationToken cancellationToken)
    {
        string[] tokens = [.. users.Select(_ => Guid.NewGuid().ToString())];
        await WriteAsync(GrainKeys.SessionStateName, users.Zip(tokens, (user, token) => (GrainKeys.ForSession(token), new SessionState
        {
            User = user.Name,
            AccountId = user.AccountId,
            SecurityStamp = user.SecurityStamp,
            UsedAt = TimeProvider.System.GetUtcNow(),
        })), cancellationToken);
        return tokens;
    }

    /// <summary>Adds users who can log in, each with a password of its own.</summary>
    public async Task<IReadOnlyList<NewAccount>> AddAccountsAsync(string prefix, int count, CancellationToken cancellationToken)
    {
        NewAccount[] accounts = [.. Enumerable.Range(0, count).Select(i => BenchUser.NameOf(prefix, i))
            .Select(name => new NewAccount(name, name, $"password-of-{name}"))];
        await new AccountStore(_database.DataSource, new Passwords()).AddManyAsync(accounts, cancellationToken);
        return accounts;
    }

    /// <summary>Waits until the cluster has this many silos: grains that are used earlier would all be on the first.</summary>
    public async Task WaitForSilosAsync(int count, CancellationToken cancellationToken)
    {
        const int active = 3;
        await using var command = _database.DataSource.CreateCommand(
            $"SELECT count(*) = {count} FROM orleansmembershiptable WHERE status = {active}");
        while (!(bool)(await command.ExecuteScalarAsync(cancellationToken))!)
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
    }

    /// <summary>Fills mailboxes with unread messages, from the given number on, and lets PostgreSQL finish its background work.</summary>
    public async Task FillAsync(IEnumerable<BenchUser> users, int messages, CancellationToken cancellationToken, int first = 1)
    {
        // Each transaction writes about a million rows.
        foreach (var some in users.Chunk(Math.Max(1, 1_000_000 / messages)))
        {
            var ids = string.Join(',', some.Select(user => user.AccountId));
            var last = first + messages - 1;
            await ExecuteAsync($"""
                INSERT INTO message (log_id, number, message_id, sender_id, body)
                SELECT log_id, number, overlay(gen_random_uuid()::text PLACING left(message_id_floor(now())::text, 13) FROM 1)::uuid,
                       coalesce((SELECT account_id FROM account WHERE user_name = 'sender000000'), log_id),
                       convert_to(E' See you at the usual place at eight.\r\n', 'UTF8')
                FROM unnest(ARRAY[{ids}]) log_id, generate_series({first}, {last}) number
                """, cancellationToken);
        }
        await ExecuteAsync("VACUUM (ANALYZE) message", cancellationToken);
        await _server.CheckpointAsync(cancellationToken);
    }

    /// <summary>Has a user block others.</summary>
    public Task BlockAsync(BenchUser blocker, IEnumerable<BenchUser> blocked, CancellationToken cancellationToken) => ExecuteAsync($"""
        INSERT INTO member (account_id, log_id, is_blocked)
        SELECT {blocker.AccountId}, log_id, true FROM unnest(ARRAY[{string.Join(',', blocked.Select(user => user.AccountId))}]) log_id
        """, cancellationToken);

    /// <summary>Makes a private room; the first of its members owns it.</summary>
    /// <returns>The room as a recipient.</returns>
    public async Task<string> AddRoomAsync(string name, IReadOnlyList<BenchUser> members, CancellationToken cancellationToken)
    {
        await ExecuteAsync($"""
            WITH new AS (INSERT INTO log (is_room, look_at) VALUES (true, 'infinity') RETURNING log_id),
            made AS (
                INSERT INTO room (log_id, name, title, is_public, shows_all, members)
                SELECT log_id, '{name}', 'Benchmark', false, true, {members.Count} FROM new)
            INSERT INTO room_member (account_id, log_id, role, visible)
            SELECT m.account_id, new.log_id, CASE m.place WHEN 1 THEN 4 ELSE 2 END, int8multirange(int8range(1, NULL))
            FROM new, unnest(ARRAY[{string.Join(',', members.Select(user => user.AccountId))}]) WITH ORDINALITY m (account_id, place);
            ANALYZE room_member
            """, cancellationToken);
        return RoomName.ToRecipient(name);
    }

    /// <summary>The epoch that numbers of logs belong to.</summary>
    public async Task<string> ReadEpochAsync(CancellationToken cancellationToken)
    {
        await using var command = _database.DataSource.CreateCommand("SELECT current_epoch()");
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How many messages these users have confirmed.</summary>
    public async Task<long> CountReceivedAsync(IEnumerable<BenchUser> users, CancellationToken cancellationToken)
    {
        await using var command = _database.DataSource.CreateCommand(
            "SELECT sum(received)::bigint FROM log WHERE log_id = ANY ($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = users.Select(user => user.AccountId).ToArray() });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _server.DropAsync(_name, CancellationToken.None);
        await _server.DisposeAsync();
    }

    private async Task WriteAsync<T>(string stateName, IEnumerable<(string Key, T State)> states, CancellationToken cancellationToken)
    {
        foreach (var chunk in states.Chunk(MaxStates))
            await _states.WriteNewAsync(
                stateName, [.. chunk.Select(s => (s.Key, JsonSerializer.SerializeToUtf8Bytes(s.State)))], cancellationToken);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>A user in the database.</summary>
internal sealed record BenchUser(string Name, long AccountId, Guid SecurityStamp)
{
    /// <summary>A user name; names with one prefix have equal lengths.</summary>
    public static string NameOf(string prefix, int index) => $"{prefix}{index:000000}";
}
