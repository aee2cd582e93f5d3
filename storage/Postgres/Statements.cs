using Npgsql;

namespace OrleansChat.Storage.Postgres;

/// <summary>
/// Runs one statement, and turns every failure to get its result into <see cref="StorageUnavailableException"/>.
/// <c>operation</c> names what was tried, without data. Parameters are positional: $1, $2, ...
/// </summary>
internal static class Statements
{
    /// <summary>Runs a statement and returns the number of rows that it changed.</summary>
    public static Task<int> ExecuteAsync(
        this NpgsqlDataSource source, string operation, string sql, object?[] parameters, CancellationToken cancellationToken = default) =>
        source.RunAsync(operation, sql, parameters, static (command, token) => command.ExecuteNonQueryAsync(token), cancellationToken);

    /// <summary>Runs a query and returns its rows.</summary>
    public static Task<List<T>> QueryAsync<T>(
        this NpgsqlDataSource source, string operation, string sql, object?[] parameters, Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken = default) =>
        source.RunAsync(operation, sql, parameters, (command, token) => command.ReadAllAsync(read, token), cancellationToken);

    /// <summary>The exception for an operation whose result did not arrive.</summary>
    public static StorageUnavailableException Unavailable(string operation, Exception cause) =>
        new($"PostgreSQL did not answer while {operation}.", cause);

    /// <summary>Whether an exception says that the database did not answer, or answered with an error.</summary>
    public static bool IsStorageFailure(this Exception exception) => exception is NpgsqlException or TimeoutException;

    /// <summary>Adds positional parameters to a command.</summary>
    public static NpgsqlCommand With(this NpgsqlCommand command, params object?[] parameters)
    {
        foreach (var value in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    /// <summary>Runs a query and returns its rows.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    private static async Task<T> RunAsync<T>(
        this NpgsqlDataSource source, string operation, string sql, object?[] parameters,
        Func<NpgsqlCommand, CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = source.CreateCommand(sql).With(parameters);
            return await run(command, cancellationToken);
        }
        catch (Exception exception) when (exception.IsStorageFailure())
        {
            throw Unavailable(operation, exception);
        }
    }
}
