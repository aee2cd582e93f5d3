using System.Diagnostics;
using Npgsql;

namespace OrleansChat.Tests.Shared;

/// <summary>
/// A throw-away PostgreSQL server on a Unix socket, with PostgreSQL's own settings for durability. It goes with the test
/// process, however that ends.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("orleanschat-pg-").FullName;
    private readonly string _programs = FindPrograms();
    private readonly string? _owner = Environment.IsPrivilegedProcess ? FindUnprivilegedUser() : null;

    // Held, so that its pipe is not collected: it closes with this process, which stops the server.
    private Process? _watchdog;

    private readonly string[] _settings;

    private PostgresCluster(string[] settings) => _settings = settings;

    /// <summary>A connection string of the administrator.</summary>
    public string ConnectionString =>
        new NpgsqlConnectionStringBuilder { Host = _directory, Username = "postgres", Database = "postgres" }.ConnectionString;

    private string Data => Path.Combine(_directory, "data");

    /// <summary>Makes a server and starts it, with settings like <c>fsync=off</c> beside the usual ones.</summary>
    public static Task<PostgresCluster> StartNewAsync(params string[] settings) => StartNewAsync(
        settings, cluster => ["initdb", "-D", cluster.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);

    /// <summary>Makes a standby of this server, which follows it from now on, and starts it.</summary>
    public Task<PostgresCluster> StartStandbyAsync() => StartNewAsync(
        [], standby => ["pg_basebackup", "-D", standby.Data, "-h", _directory, "-U", "postgres", "-R", "-c", "fast", "--no-sync"]);

    /// <summary>Makes a standby a server of its own, as after the loss of the one that it followed.</summary>
    public Task PromoteAsync() => ControlAsync("-w", "promote");

    /// <summary>Starts the server again after <see cref="CrashAsync"/>, which has it recover from its log.</summary>
    public Task StartAsync() => ControlAsync("-w", "-l", Path.Combine(_directory, "log"), "-o",
        $"-c listen_addresses='' -c unix_socket_directories='{_directory}' -c max_connections=200 "
            + $"{string.Concat(_settings.Select(setting => $" -c {setting}"))}", "start");

    /// <summary>Ends the server at once, as if it had died: without a word to its clients, and without a checkpoint.</summary>
    public Task CrashAsync() => ControlAsync("-m", "immediate", "stop");

    /// <summary>Stops the server in order, and starts it again.</summary>
    public Task RestartAsync() => ControlAsync("-w", "-m", "fast", "-l", Path.Combine(_directory, "log"), "restart");

    /// <summary>Dumps a database of this server, and restores it as a new one of this or of another server.</summary>
    public async Task DumpAndRestoreAsync(string database, PostgresCluster target, string restored)
    {
        var dump = Path.Combine(_directory, $"{restored}.dump");
        await RunAsync(_owner, Path.Combine(_programs, "pg_dump"), "-h", _directory, "-U", "postgres", "-Fc", "-f", dump, database);
        await RunAsync(_owner, Path.Combine(_programs, "createdb"), "-h", target._directory, "-U", "postgres", "-T", "template0", restored);
        await RunAsync(_owner, Path.Combine(_programs, "pg_restore"), "-h", target._directory, "-U", "postgres", "-d", restored, dump);
    }

    /// <summary>What the server has logged so far.</summary>
    public Task<string> ReadLogAsync() => File.ReadAllTextAsync(Path.Combine(_directory, "log"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_watchdog == null)
            return;
        _watchdog.StandardInput.Close();
        await _watchdog.WaitForExitAsync();
        _watchdog.Dispose();
        _watchdog = null;
    }

    private static async Task<PostgresCluster> StartNewAsync(string[] settings, Func<PostgresCluster, string[]> make)
    {
        var cluster = new PostgresCluster(settings);
        await cluster.MakeAsync(make(cluster));
        await cluster.StartAsync();
        return cluster;
    }

    private async Task MakeAsync(string[] make)
    {
        if (_owner != null)
            await RunAsync(null, "chown", _owner, _directory);
        await RunAsync(_owner, Path.Combine(_programs, make[0]), make[1..]);
        _watchdog = Start(_owner, "sh", "-c", $"read -r _; '{_programs}/pg_ctl' -D '{Data}' -m immediate stop; rm -rf '{_directory}'");
    }

    private Task ControlAsync(params string[] arguments) => RunAsync(_owner, Path.Combine(_programs, "pg_ctl"), ["-D", Data, .. arguments]);

    private static string FindPrograms()
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0)
                .Select(path => Path.Combine(path, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var given = Environment.GetEnvironmentVariable("PG_BIN") is { Length: > 0 } folder ? [folder] : Array.Empty<string>();
        return given.Concat(debian).Concat(path).FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, "initdb")))
            ?? throw new InvalidOperationException(
                "These tests need PostgreSQL 15 or newer: "
                    + $"install its server programs (initdb, pg_ctl), or set {PostgresServer.Variable} to a connection string.");
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
