using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansChat.Storage;

namespace OrleansChat.Admin;

/// <summary>Runs a command on the accounts of a database, and says in a line what went wrong.</summary>
internal static class AdminRun
{
    private const int Done = 0;
    private const int Refused = 1;
    private const int BadUsage = 2;
    private const int NoDatabase = 3;

    public static async Task<int> WithAccountsAsync(string? connectionString, Func<Accounts, Task> run)
    {
        connectionString ??= Environment.GetEnvironmentVariable("Chat__Database");
        if (string.IsNullOrEmpty(connectionString))
            return Say(BadUsage, "no database: set Chat__Database to the PostgreSQL connection string of the service.");
        try
        {
            var options = new StorageOptions { ConnectionString = connectionString, ApplicationName = "orleanschat-admin" };
            await using var database = new Database(options, NullLogger<Database>.Instance);
            await database.InitializeAsync(CancellationToken.None);
            using var passwords = new Passwords();
            await run(new Accounts(database.DataSource, passwords));
            return Done;
        }
        catch (Exception e) when (e is AccountException or InputException)
        {
            return Say(Refused, e.Message);
        }
        catch (Exception e) when (e is StorageUnavailableException or NpgsqlException or SchemaVersionException)
        {
            return Say(NoDatabase, $"the database cannot be used: {e.InnerException?.Message ?? e.Message}");
        }
        catch (ArgumentException)
        {
            // Its message may quote the string, and with it a password.
            return Say(BadUsage, "the connection string is malformed.");
        }
    }

    private static int Say(int exitCode, string message)
    {
        Console.Error.WriteLine($"orleanschat-admin: {message}");
        return exitCode;
    }
}

/// <summary>What was typed, piped or read from a file is of no use. The message says why, and holds no password.</summary>
internal sealed class InputException(string message) : Exception(message);
