using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests.Versions;

/// <summary>A database that silos and migrations of several programs meet on.</summary>
internal sealed class VersionsWorld : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private VersionsWorld(string connectionString)
    {
        Options = new StorageOptions { ConnectionString = connectionString, HostLockWait = TimeSpan.Zero };
        Database = new Database(Options, NullLogger<Database>.Instance);
        Sql = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>The number of this program.</summary>
    public static int This => Migrator.ProgramVersion;

    /// <summary>What this process is called where silos are named.</summary>
    public static string ThisSilo => RunningSilo.NameOfThis(This).Split(' ')[^1];

    public StorageOptions Options { get; }
    public Database Database { get; }
    public NpgsqlDataSource Sql { get; }

    /// <summary>Makes a database, with the schema of a program: by default this one.</summary>
    public static async Task<VersionsWorld> StartAsync(ProgramSchema? schema = null)
    {
        var world = new VersionsWorld(await PostgresFixture.CreateEmptyDatabaseAsync());
        await (schema ?? ProgramSchema.OfThisProgram).MigrateAsync(world.Sql, default);
        return world;
    }

    /// <summary>An older program, made for the first migrations only.</summary>
    public static ProgramSchema Old(int number) => new([.. Migration.ReadAll().Take(number)]);

    /// <summary>The program after this one. Older ones can use its schema from <paramref name="minProgram"/> on.</summary>
    public static ProgramSchema Next(int minProgram, string sql = "CREATE TABLE next_step ()") =>
        new([.. Migration.ReadAll(), Migration.Parse(This + 1, $"-- min-program: {minProgram}\n{sql}")]);

    /// <summary>The lock of a silo, by default of this program.</summary>
    public HostLock NewSilo(HostKind kind = HostKind.Cluster, ProgramSchema? schema = null, ILogger<HostLock>? logger = null) =>
        new(Database, kind, schema ?? ProgramSchema.OfThisProgram, TimeProvider.System, logger ?? NullLogger<HostLock>.Instance);

    /// <summary>A silo that runs.</summary>
    public async Task<HostLock> StartSiloAsync(HostKind kind = HostKind.Cluster, ProgramSchema? schema = null)
    {
        var silo = NewSilo(kind, schema);
        await silo.AcquireAsync(TimeSpan.Zero, default);
        return silo;
    }

    /// <summary>A connection of its own; it has left the server when it was disposed.</summary>
    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection($"{Options.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>A silo of a program that says no number, as far as the server knows.</summary>
    public async Task<NpgsqlConnection> StartSilentSiloAsync(HostKind kind = HostKind.Cluster)
    {
        var silo = await ConnectAsync();
        await RunAsync(silo, $"SELECT pg_advisory_lock{(kind == HostKind.Cluster ? "_shared" : "")}({StorageNames.HostLock})");
        return silo;
    }

    public static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)Patience.TotalSeconds };
        await command.ExecuteNonQueryAsync();
    }

    public Task RunAsync(string sql) => Sql.ExecuteAsync("test", sql, []);

    /// <summary>The versions that were migrated to.</summary>
    public Task<List<int>> VersionsAsync() =>
        Sql.QueryAsync("test", "SELECT version FROM schema_version ORDER BY 1", [], reader => reader.GetInt32(0));

    /// <summary>Waits until someone waits for an advisory lock.</summary>
    public async Task SomeoneWaitsAsync()
    {
        const string Waiting =
            """
            SELECT count(*) FROM pg_locks
            WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;
        await UntilAsync(async () => (await Sql.QueryAsync("test", Waiting, [], reader => reader.GetInt64(0)))[0] > 0);
    }

    /// <summary>Waits until the server knows of no silo any more.</summary>
    public async Task NoSiloRunsAsync()
    {
        await using var connection = await ConnectAsync();
        await UntilAsync(async () => (await RunningSilo.FindAllAsync(connection, default)).Count == 0);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition()) Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, "It does not come about.");
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await Sql.DisposeAsync();
    }
}
