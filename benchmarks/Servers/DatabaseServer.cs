using System.Globalization;
using Npgsql;

namespace OrleansChat.Bench.Servers;

/// <summary>This machine's PostgreSQL server, on which each measured program has a database of its own.</summary>
internal sealed class DatabaseServer : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly string _connectionString;

    private DatabaseServer(string connectionString)
    {
        (_source, _connectionString) = (NpgsqlDataSource.Create(connectionString), connectionString);
    }

    /// <summary>The process ID of PostgreSQL's postmaster.</summary>
    public int PostmasterId { get; private set; }

    /// <summary>Connects to the server.</summary>
    /// <param name="connectionString">A connection string whose user may create databases and find out the server's process.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    public static async Task<DatabaseServer> ConnectAsync(string connectionString, CancellationToken cancellationToken)
    {
        var server = new DatabaseServer(connectionString);
        try
        {
            await using var command = server._source.CreateCommand("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
            server.PostmasterId = int.Parse((string)(await command.ExecuteScalarAsync(cancellationToken))!, CultureInfo.InvariantCulture);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string for a database of this server.</summary>
    public string ConnectionStringOf(string name) =>
        new NpgsqlConnectionStringBuilder(_connectionString) { Database = name }.ConnectionString;

    /// <summary>Creates a database, replacing an older one: empty, or as a copy of an unused one.</summary>
    public async Task CreateAsync(string name, CancellationToken cancellationToken, string? copyOf = null)
    {
        await DropAsync(name, cancellationToken);
        await ExecuteAsync($"CREATE DATABASE {name}" + (copyOf is null ? "" : $" TEMPLATE {copyOf}"), cancellationToken);
    }

    /// <summary>Drops a database if it exists.</summary>
    public Task DropAsync(string name, CancellationToken cancellationToken) =>
        ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", cancellationToken);

    /// <summary>Runs a checkpoint now, so that PostgreSQL does not run one during a measurement.</summary>
    public Task CheckpointAsync(CancellationToken cancellationToken) => ExecuteAsync("CHECKPOINT", cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
