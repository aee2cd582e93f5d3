using System.Globalization;
using Npgsql;

namespace OrleansChat.Admin;

/// <summary>Where the database is, and the passwords of roles: settings as files of secrets or in the environment.</summary>
internal static class DatabaseSettings
{
    public const string Database = "Chat__Database";
    public const string Password = "Chat__DatabasePassword";
    public const string ServicePassword = "Chat__ServicePassword";
    public const string GatewayPassword = "Chat__GatewayPassword";
    public const string MinPasswordLength = "Chat__MinPasswordLength";

    private const int UsualMinPasswordLength = 8;

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

    /// <summary>
    /// How many characters a new password has at least: 8 unless <see cref="MinPasswordLength"/> says otherwise, from 1 to 64.
    /// </summary>
    /// <exception cref="SettingException">It is no such number.</exception>
    public static int FindMinPasswordLength() => Read(MinPasswordLength) switch
    {
        "" => UsualMinPasswordLength,
        var text when int.TryParse(text, CultureInfo.InvariantCulture, out var length) && length is >= 1 and <= 64 => length,
        _ => throw new SettingException($"{MinPasswordLength} must be a number from 1 to 64."),
    };

    /// <summary>A setting, as a file of secrets or in the environment; empty where it is not set.</summary>
    /// <exception cref="UnauthorizedAccessException">A file of secrets is not for this user; the message names it.</exception>
    // Docker and Podman mount secrets there; systemd names its own folder. A file goes before the environment, as in the service.
    public static string Read(string name)
    {
        var file = Path.Combine(Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") ?? "/run/secrets", name);
        return File.Exists(file) ? File.ReadAllText(file).TrimEnd('\r', '\n') : Environment.GetEnvironmentVariable(name) ?? "";
    }
}
