using Npgsql;

namespace OrleansChat.Admin;

/// <summary>Where the database is, and the passwords of roles: settings as files of secrets or in the environment.</summary>
internal static class DatabaseSettings
{
    public const string Database = "Chat__Database";
    public const string Password = "Chat__DatabasePassword";
    public const string ServicePassword = "Chat__ServicePassword";
    public const string GatewayPassword = "Chat__GatewayPassword";

    /// <summary>The connection string, with the password of its own setting in it where there is one; empty where there is none.</summary>
    /// <param name="argument">What the command line says: it goes before everything else.</param>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    /// <exception cref="UnauthorizedAccessException">A file of secrets is not for this user; the message names it.</exception>
    public static string Find(string? argument)
    {
        var database = argument ?? Read(Database);
        // Another database's than the service's is named by the argument: the service's password is not for it.
        if (argument is not null || database.Length == 0) return database;
        var settings = new NpgsqlConnectionStringBuilder(database);
        if (settings.Password is null) settings.Password = Read(Password);
        return settings.ConnectionString;
    }

    /// <summary>A setting, as a file of secrets or in the environment; empty where it is not set.</summary>
    /// <exception cref="UnauthorizedAccessException">A file of secrets is not for this user; the message names it.</exception>
    // Docker and Podman mount secrets there; systemd names its own folder. A file goes before the environment, as in the service.
    public static string Read(string name)
    {
        var file = Path.Combine(Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") ?? "/run/secrets", name);
        return File.Exists(file) ? File.ReadAllText(file).TrimEnd('\r', '\n') : Environment.GetEnvironmentVariable(name) ?? "";
    }
}
