using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Roles;
using OrleansChat.Storage.Schema;
using OrleansChat.Terminal;
using OrleansChat.Terminal.Input;

namespace OrleansChat.Admin;

/// <summary>Runs a command on the accounts of a database, and explains a failure in one line.</summary>
internal static class AdminRun
{
    private const int Done = 0;
    private const int Refused = 1;
    private const int NoDatabase = 3;
    private const int Interrupted = 130;

    /// <summary>The exit code for a wrong command line or an invalid setting.</summary>
    public const int BadUsage = 2;

    public static Task<int> WithAccountsAsync(string? connectionString, Func<AccountStore, Task> run) =>
        WithSchemaAsync(connectionString, source =>
            run(new AccountStore(source, new Passwords()) { MinPasswordLength = DatabaseSettings.FindMinPasswordLength() }));

    public static Task<int> WithSchemaAsync(string? connectionString, Func<NpgsqlDataSource, Task> run) =>
        WithDatabaseAsync(connectionString, async database =>
        {
            await Migrator.CheckAsync(database.DataSource, CancellationToken.None);
            await run(database.DataSource);
        });

    public static Task<int> MigrateAsync(string? connectionString, bool waits, string? serviceRole, string? gatewayRole) =>
        WithDatabaseAsync(connectionString, async database =>
        {
            var roles = new List<DatabaseRole>();
            if (serviceRole is not null)
                roles.Add(new DatabaseRole(RolePurpose.Service, serviceRole, DatabaseSettings.Read(DatabaseSettings.ServicePassword)));
            if (gatewayRole is not null)
                roles.Add(new DatabaseRole(RolePurpose.Gateway, gatewayRole, DatabaseSettings.Read(DatabaseSettings.GatewayPassword)));
            await DatabaseCheck.WaitAsync(
                database.DataSource, waits ? TimeSpan.MaxValue : DatabaseCheck.Patience,
                reason => Tell($"the database cannot be reached yet; trying again: {reason}"),
                TimeProvider.System, CancellationToken.None);
            await DatabaseCheck.RequireAsync(database.DataSource, CancellationToken.None);
            var found = await Migrator.MigrateAsync(database.DataSource, CancellationToken.None, Console.WriteLine);
            // Granting is up to the newer program: this one may not know everything that its roles need.
            if (found > Migrator.ProgramVersion)
            {
                Console.WriteLine($"The schema is newer than this program, but compatible: version {found}. Nothing was changed.");
                return;
            }
            Console.WriteLine(found == Migrator.ProgramVersion
                ? $"The schema is up to date: version {found}."
                : $"The schema was migrated from version {found} to {Migrator.ProgramVersion}.");
            if (roles.Count == 0) return;
            await DatabaseRoles.GrantAsync(database.DataSource, roles, CancellationToken.None);
            foreach (var role in roles)
            {
                var purpose = role.Purpose.ToString().ToLowerInvariant();
                Console.WriteLine($"The role {role.Name} may do what the {purpose} needs, and nothing else.");
            }
        });

    private static async Task<int> WithDatabaseAsync(string? connectionString, Func<Database, Task> run)
    {
        try
        {
            connectionString = DatabaseSettings.Find(connectionString);
            if (connectionString.Length == 0)
                return Say(BadUsage, $"no database: set {DatabaseSettings.Database} to the PostgreSQL connection string of the service.");
            var options = new StorageOptions { ConnectionString = connectionString, ApplicationName = "orleanschat-admin" };
            await using var database = new Database(options, NullLogger<Database>.Instance);
            await run(database);
            return Done;
        }
        catch (Exception exception) when (exception is AccountException or InputException or NotTextException
            or RoleException or HostLockException or DiskSpaceException)
        {
            return Say(Refused, exception.Message);
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception exception) when (exception is StorageUnavailableException or NpgsqlException
            or SchemaVersionException or UnsuitableDatabaseException)
        {
            return Say(NoDatabase, $"the database cannot be used: {exception.InnerException?.Message ?? exception.Message}");
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or SettingException)
        {
            return Say(BadUsage, exception.Message);
        }
        catch (ArgumentException)
        {
            // The exception's message may quote the string, and with it a password.
            return Say(BadUsage, "the connection string is malformed.");
        }
    }

    /// <summary>Prints what went wrong, and returns the exit code.</summary>
    public static int Say(int exitCode, string message)
    {
        Tell(message);
        return exitCode;
    }

    private static void Tell(string message)
    {
        var lines = message.Split(Environment.NewLine).Select(SafeText.ForTerminal);
        Console.Error.WriteLine($"orleanschat-admin: {string.Join(Environment.NewLine, lines)}");
    }
}

/// <summary>A setting is invalid; the message names it.</summary>
internal sealed class SettingException(string message) : Exception(message);

/// <summary>Input from the keyboard, a pipe or a file is invalid. The message says why, and never holds a password.</summary>
internal sealed class InputException(string message) : Exception(message);
