using System.Globalization;
using Npgsql;

namespace OrleansChat.Bench.Servers;

/// <summary>The PostgreSQL server of this machine, on which each measured program has a database of its own.</summary>
internal sealed class DatabaseServer : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly string _connectionString;

    private DatabaseServer(string connectionString)
    {
        (_source, _connectionString) = (NpgsqlDataSource.Create(connectionString), connectionString);
    }

    /// <summary>PostgreSQL's first process.</summary>
    public int PostmasterId { get; private set; }

    /// <summary>Connects to it.</summary>
    /// <param name="connectionString">Its user may create databases, and read where the server's process is.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
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

    /// <summary>The connection string of a database.</summary>
    public string ConnectionStringOf(string name) =>
        new NpgsqlConnectionStringBuilder(_connectionString) { Database = name }.ConnectionString;

    /// <summary>Creates a database in place of an older one: an empty one, or a copy of one that nobody uses.</summary>
    public async Task CreateAsync(string name, CancellationToken cancellationToken, string? copyOf = null)
    {
        await DropAsync(name, cancellationToken);
        await ExecuteAsync($"CREATE DATABASE {name}" + (copyOf is null ? "" : $" TEMPLATE {copyOf}"), cancellationToken);
    }

    /// <summary>Drops a database, if it is there.</summary>
    public Task DropAsync(string name, CancellationToken cancellationToken) =>
        ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", cancellationToken);

    /// <summary>Has PostgreSQL write down what it owes, so that it does not do so while something is measured.</summary>
    public Task CheckpointAsync(CancellationToken cancellationToken) => ExecuteAsync("CHECKPOINT", cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
