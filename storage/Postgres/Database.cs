using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrleansChat.Storage.Postgres;

/// <summary>
/// The one connection pool of a process, and what the server promises. Connects when it is first asked.
/// </summary>
public sealed partial class Database : IAsyncDisposable
{
    /// <summary>
    /// The most connections of the pool, unless the connection string says otherwise. Keep silos × pool below max_connections.
    /// </summary>
    public const int DefaultPoolSize = 20;

    /// <summary>How long a command may take: less than a grain call's response timeout, so that the grain still answers.</summary>
    public static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(4);

    private readonly ILogger _logger;
    private readonly NpgsqlDataSource _dedicated;

    /// <summary>Builds the pool; connects to nothing.</summary>
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

        // A command that timed out is given up with its connection. If its cancellation were awaited, a commit that waits for
        // a standby would be cut short and reported as done, though no standby has it.
        settings.CancellationTimeout = -1;
        // No statement here leaves settings behind, and the reset between two uses would undo the initializer's.
        settings.NoResetOnClose = true;
        // A server that vanished is noticed on an idle connection too. Unix sockets have no such options.
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

    /// <summary>The pool, for everything that asks now and then.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>
    /// What a commit waits for: <c>flushed</c> (WAL flushed), <c>replicated</c> (also by the synchronous standbys) or
    /// <c>written</c> (fsync is off). Empty before <see cref="ReadDurabilityAsync"/>.
    /// </summary>
    public string Durability { get; private set; } = "";

    /// <summary>Asks the server for <see cref="Durability"/>. The schema must be there.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached or refuses.</exception>
    public async Task ReadDurabilityAsync(CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand("SELECT durability()");
        Durability = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        LogDurability(Durability);
        if (Durability == "written")
            LogFsyncOff();
    }

    /// <summary>Opens a connection outside the pool, for one that keeps state of its own. The caller disposes it.</summary>
    internal ValueTask<NpgsqlConnection> OpenDedicatedAsync(CancellationToken cancellationToken) =>
        _dedicated.OpenConnectionAsync(cancellationToken);

    /// <summary>Closes the pool.</summary>
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

    // Never off, whatever the server's or the role's default is or becomes; a default that waits for more is kept.
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

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to PostgreSQL; what is acknowledged is {Durability}.")]
    private partial void LogDurability(string durability);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "PostgreSQL runs with fsync=off: a crash of its machine can lose acknowledged messages.")]
    private partial void LogFsyncOff();
}
