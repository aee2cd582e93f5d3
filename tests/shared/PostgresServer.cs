using System.Diagnostics;
using Npgsql;

namespace OrleansChat.Tests.Shared;

/// <summary>
/// The PostgreSQL server of the tests: the one that ORLEANSCHAT_TEST_DATABASE names (a connection string of a role that
/// may create databases), or a throw-away cluster on a Unix socket, started at first use and gone with the test process.
/// </summary>
public static class PostgresServer
{
    private const string Variable = "ORLEANSCHAT_TEST_DATABASE";

    private static readonly Lazy<Task<string>> Started = new(StartAsync);

    // Held, so that its pipe is not collected.
    private static Process? _watchdog;

    /// <summary>A connection string of an administrator.</summary>
    public static Task<string> GetAdminConnectionStringAsync() => Started.Value;

    private static async Task<string> StartAsync() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : await StartClusterAsync();

    private static async Task<string> StartClusterAsync()
    {
        var programs = FindPrograms();
        var directory = Directory.CreateTempSubdirectory("orleanschat-pg-").FullName;
        var owner = Environment.IsPrivilegedProcess ? FindUnprivilegedUser() : null;
        if (owner != null)
            await RunAsync(null, "chown", owner, directory);
        var data = Path.Combine(directory, "data");

        await RunAsync(owner, Path.Combine(programs, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await RunAsync(owner, Path.Combine(programs, "pg_ctl"), "-D", data, "-w", "-l", Path.Combine(directory, "log"),
            "-o", $"-c listen_addresses='' -c unix_socket_directories='{directory}' -c max_connections=200", "start");
        // The pipe to it closes with this process, however that ends.
        _watchdog = Start(owner, "sh", "-c", $"read -r _; '{programs}/pg_ctl' -D '{data}' -m immediate stop; rm -rf '{directory}'");
        return new NpgsqlConnectionStringBuilder { Host = directory, Username = "postgres", Database = "postgres" }.ConnectionString;
    }

    private static string FindPrograms()
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0)
                .Select(path => Path.Combine(path, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return debian.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new InvalidOperationException(
                $"These tests need PostgreSQL 15 or newer: install its server programs (initdb, pg_ctl), or set {Variable} to a connection string.");
    }

    // PostgreSQL refuses to run as root.
    private static string FindUnprivilegedUser() =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).Contains("postgres") ? "postgres" : "nobody";

    private static async Task RunAsync(string? user, string program, params string[] arguments)
    {
        using var process = Start(user, program, arguments);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed with code {process.ExitCode}.");
    }

    private static Process Start(string? user, string program, params string[] arguments)
    {
        // The server inherits the streams that are not redirected: it must not hold the test runner's output open.
        var start = new ProcessStartInfo(user == null ? program : "runuser")
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] asUser = user == null ? [] : ["-u", user, "--", program];
        foreach (var argument in asUser.Concat(arguments))
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
