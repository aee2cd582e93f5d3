using System.Globalization;
using Npgsql;

namespace OrleansChat.Admin;

/// <summary>Reads the database's connection string and the roles' passwords from files of secrets or the environment.</summary>
internal static class DatabaseSettings
{
    public const string Database = "Chat__Database";
    public const string Password = "Chat__DatabasePassword";
    public const string ServicePassword = "Chat__ServicePassword";
    public const string GatewayPassword = "Chat__GatewayPassword";
    public const string MinPasswordLength = "Chat__MinPasswordLength";
    public const string Origins = "Chat__Web__Origins";

    private const int UsualMinPasswordLength = 8;

    /// <summary>The connection string, completed with the password of its own setting if there is one; empty if it is not set.</summary>
    /// <param name="argument">The value on the command line, which takes precedence; null if there is none.</param>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read a file of secrets; the message names it.</exception>
    public static string Find(string? argument)
    {
        var database = argument ?? Read(Database);
        // The argument may name another database, and the service's password is not for that one.
        if (argument is not null || database.Length == 0) return database;
        var settings = new NpgsqlConnectionStringBuilder(database);
        if (settings.Password is null) settings.Password = Read(Password);
        return settings.ConnectionString;
    }

    /// <summary>
    /// The minimum length of a new password in characters: 8 unless <see cref="MinPasswordLength"/> sets it, from 1 to 64.
    /// </summary>
    /// <exception cref="SettingException">The setting is not such a number.</exception>
    public static int FindMinPasswordLength() => Read(MinPasswordLength) switch
    {
        "" => UsualMinPasswordLength,
        var text when int.TryParse(text, CultureInfo.InvariantCulture, out var length) && length is >= 1 and <= 64 => length,
        _ => throw new SettingException($"{MinPasswordLength} must be a number from 1 to 64."),
    };

    /// <summary>A setting, from a file of secrets or the environment; empty if it is not set.</summary>
    /// <exception cref="UnauthorizedAccessException">This user may not read a file of secrets; the message names it.</exception>
    // Docker and Podman mount secrets there; systemd names its own folder. A file takes precedence, as it does in the service.
    public static string Read(string name)
    {
        var file = Path.Combine(Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") ?? "/run/secrets", name);
        return File.Exists(file) ? File.ReadAllText(file).TrimEnd('\r', '\n') : Environment.GetEnvironmentVariable(name) ?? "";
    }
}
