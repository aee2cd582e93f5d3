using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrleansChat.Storage.Postgres;

/// <summary>
/// The one connection pool of a process, and what the server promises. It connects on first use.
/// </summary>
public sealed partial class Database : IAsyncDisposable
{
    /// <summary>
    /// The largest number of pooled connections, unless the connection string sets one. Keep silos × pool below max_connections.
    /// </summary>
    public const int DefaultPoolSize = 20;

    /// <summary>The timeout of a command: shorter than a grain call's response timeout, so that the grain still answers.</summary>
    public static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(4);

    private readonly ILogger _logger;
    private readonly NpgsqlDataSource _dedicated;

    /// <summary>Builds the pool without connecting.</summary>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public Database(StorageOptions options, ILogger<Database> logger)
    {
        _logger = logger;
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString) { ApplicationName = options.ApplicationName };
        if (!settings.ShouldSerialize("Command Timeout"))
            settings.CommandTimeout = (int)CommandTimeout.TotalSeconds;
        if (!settings.ShouldSerialize("Timeout"))
            settings.Timeout = (int)CommandTimeout.TotalSeconds;
        if (!settings.ShouldSerialize("Maximum Pool Size"))
            settings.MaxPoolSize = DefaultPoolSize;
        if (!settings.ShouldSerialize("Max Auto Prepare"))
            settings.MaxAutoPrepare = 40;

        // A command that times out is abandoned together with its connection. Waiting for its cancellation would cut short a
        // commit that waits for a standby, and report it as done although no standby has it.
        settings.CancellationTimeout = -1;
        // No statement here changes session settings, and a reset between two uses would undo the initializer's.
        settings.NoResetOnClose = true;
        // Keep-alives notice a vanished server on an idle connection too. Unix sockets have no such options.
        if (settings.Host is not ['/' or '@', ..])
        {
            settings.TcpKeepAlive = true;
            settings.TcpKeepAliveTime = 5;
            settings.TcpKeepAliveInterval = 3;
        }
        DataSource = Build(settings);

        settings.Pooling = false;
        settings.MaxAutoPrepare = 0;
        _dedicated = Build(settings);
    }

    /// <summary>The pool, for everything that needs a connection only for the length of a statement or transaction.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>
    /// What a commit waits for: <c>flushed</c> (WAL flushed), <c>replicated</c> (flushed by the synchronous standbys too) or
    /// <c>written</c> (fsync is off). Empty before <see cref="ReadDurabilityAsync"/>.
    /// </summary>
    public string Durability { get; private set; } = "";

    /// <summary>Asks the server for <see cref="Durability"/>. The schema must exist.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public async Task ReadDurabilityAsync(CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand("SELECT durability()");
        Durability = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        LogDurability(Durability);
        if (Durability == "written")
            LogFsyncOff();
    }

    /// <summary>Opens a connection outside the pool, for callers that keep session state on it. The caller disposes it.</summary>
    internal ValueTask<NpgsqlConnection> OpenDedicatedAsync(CancellationToken cancellationToken) =>
        _dedicated.OpenConnectionAsync(cancellationToken);

    /// <summary>Closes the pool; dedicated connections stay with their owners.</summary>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _dedicated.DisposeAsync();
    }

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(PinSynchronousCommit, PinSynchronousCommitAsync);
        return builder.Build();
    }

    // Never off, whatever the default of the server or the role is or becomes; a default that waits for more stays.
    private const string PinSql =
        """
        SELECT set_config('synchronous_commit', CASE s WHEN 'off' THEN 'on' ELSE s END, false)
        FROM current_setting('synchronous_commit') s
        """;

    private static void PinSynchronousCommit(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(PinSql, connection);
        command.ExecuteNonQuery();
    }

    private static async Task PinSynchronousCommitAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(PinSql, connection);
        await command.ExecuteNonQueryAsync();
    }

    [LoggerMessage(3000, LogLevel.Information, "Connected to PostgreSQL; commits are {Durability}.")]
    private partial void LogDurability(string durability);

    [LoggerMessage(3001, LogLevel.Warning, "PostgreSQL runs with fsync=off; a crash of its machine can lose acknowledged messages.")]
    private partial void LogFsyncOff();
}
