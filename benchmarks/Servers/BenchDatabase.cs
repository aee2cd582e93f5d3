using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage;

namespace OrleansChat.Bench.Servers;

/// <summary>
/// A database of one scenario's own, with the service's schema. Users and sessions are written straight into it, while no
/// silo runs: a login costs what hashing a password costs. Dropped at the end.
/// </summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _server;
    private readonly string _name;
    private readonly Database _database;
    private readonly GrainStateTable _states;

    private BenchDatabase(NpgsqlDataSource server, string name, string connectionString)
    {
        (_server, _name, ConnectionString) = (server, name, connectionString);
        _database = new Database(new StorageOptions { ConnectionString = connectionString }, NullLogger<Database>.Instance);
        _states = new GrainStateTable(_database.DataSource);
    }

    /// <summary>For the silo.</summary>
    public string ConnectionString { get; }

    /// <summary>PostgreSQL's first process.</summary>
    public int PostmasterId { get; private set; }

    /// <summary>Creates it, in place of an older one.</summary>
    public static async Task<BenchDatabase> CreateAsync(BenchOptions options, string scenario, CancellationToken cancellationToken)
    {
        var server = NpgsqlDataSource.Create(options.Database);
        var name = $"orleanschat_bench_{scenario}";
        var database = new BenchDatabase(server, name, new NpgsqlConnectionStringBuilder(options.Database) { Database = name }.ConnectionString);
        await database.DropAsync(cancellationToken);
        await ExecuteAsync(server, $"CREATE DATABASE {name}", cancellationToken);
        await database._database.InitializeAsync(cancellationToken);
        await using var command = server.CreateCommand("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
        database.PostmasterId = int.Parse((string)(await command.ExecuteScalarAsync(cancellationToken))!, CultureInfo.InvariantCulture);
        return database;
    }

    /// <summary>Adds users with names of equal length, who cannot log in.</summary>
    public async Task<IReadOnlyList<BenchUser>> AddUsersAsync(string prefix, int count, CancellationToken cancellationToken)
    {
        var users = new BenchUser[count];
        for (var i = 0; i < count; i++)
        {
            await using var command = _database.DataSource.CreateCommand("INSERT INTO mailbox_position DEFAULT VALUES RETURNING account_id");
            var user = new BenchUser($"{prefix}{i:0000}", (long)(await command.ExecuteScalarAsync(cancellationToken))!, Guid.NewGuid());
            var state = new UserState { AccountId = user.AccountId, DisplayName = $"Benchmark {user.Name}", SecurityStamp = user.SecurityStamp };
            await WriteAsync(GrainKeys.UserStateName, GrainKeys.ForUser(user.Name), state, cancellationToken);
            users[i] = user;
        }
        return users;
    }

    /// <summary>Adds users, and opens a session for each.</summary>
    /// <returns>The tokens.</returns>
    public async Task<IReadOnlyList<string>> AddSessionsAsync(int count, CancellationToken cancellationToken)
    {
        var tokens = new List<string>();
        foreach (var user in await AddUsersAsync("sender", count, cancellationToken))
        {
            var token = Guid.NewGuid().ToString();
            var state = new SessionState
            {
                User = user.Name,
                AccountId = user.AccountId,
                SecurityStamp = user.SecurityStamp,
                UsedAt = TimeProvider.System.GetUtcNow(),
            };
            await WriteAsync(GrainKeys.SessionStateName, GrainKeys.ForSession(token), state, cancellationToken);
            tokens.Add(token);
        }
        return tokens;
    }

    /// <summary>Waits until a cluster has so many silos: grains that are used earlier would all be on the first.</summary>
    public async Task WaitForSilosAsync(int count, CancellationToken cancellationToken)
    {
        const int active = 3;
        await using var command = _database.DataSource.CreateCommand($"SELECT count(*) = {count} FROM orleansmembershiptable WHERE status = {active}");
        while (!(bool)(await command.ExecuteScalarAsync(cancellationToken))!) await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
    }

    /// <summary>Puts unread messages into mailboxes that are empty, and has PostgreSQL finish what that leaves to do.</summary>
    public async Task FillAsync(IEnumerable<BenchUser> users, int messages, CancellationToken cancellationToken)
    {
        foreach (var user in users)
            await ExecuteAsync(_database.DataSource, $"""
                INSERT INTO mailbox (account_id, number, message_id, sender, sender_name, body)
                SELECT {user.AccountId}, number, overlay(gen_random_uuid()::text PLACING left(message_id_floor(now())::text, 13) FROM 1)::uuid,
                       'sender0000', 'Benchmark sender0000', convert_to(E' See you at the usual place at eight.\r\n', 'UTF8')
                FROM generate_series(1, {messages}) number
                """, cancellationToken);
        await ExecuteAsync(_database.DataSource, "VACUUM (ANALYZE) mailbox", cancellationToken);
        await ExecuteAsync(_database.DataSource, "CHECKPOINT", cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await DropAsync(CancellationToken.None);
        await _server.DisposeAsync();
    }

    private Task DropAsync(CancellationToken cancellationToken) =>
        ExecuteAsync(_server, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)", cancellationToken);

    private async Task WriteAsync<T>(string stateName, string key, T state, CancellationToken cancellationToken) =>
        await _states.WriteAsync(stateName, key, JsonSerializer.SerializeToUtf8Bytes(state), null, cancellationToken);

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>A user in the database.</summary>
internal sealed record BenchUser(string Name, long AccountId, Guid SecurityStamp);
