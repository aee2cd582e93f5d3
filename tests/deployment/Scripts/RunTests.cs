using System.Diagnostics;
using System.Text;

namespace OrleansChat.Deployment.Tests.Scripts;

/// <summary>./run beside its PostgreSQL, with small programs in place of the service's.</summary>
[Trait("Tier", "Usual")]
public sealed class RunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ScriptCheckout _checkout = new();
    private Process? _run;

    public RunTests()
    {
        _checkout.Replace("dotnet", "exit 0");
        _checkout.WriteProgram("artifacts/bin/OrleansChat.Admin/release/orleanschat-admin",
            "printf '%s\\n' \"$Chat__Database\" >>\"$CHECKOUT/admin-database\"; echo \"$*\"");
        _checkout.WriteProgram("artifacts/bin/OrleansChat.Silo/release/orleanschat-silo",
            "echo \"$*\" >\"$CHECKOUT/silo-arguments\"; "
            + "echo silo runs >&2; trap 'echo silo stops >&2; exit 0' TERM; read -r _ <>\"$CHECKOUT/never\"");
    }

    public void Dispose()
    {
        // Left by a test that failed.
        if (_run is { HasExited: false }) StopAsync(_run).GetAwaiter().GetResult();
        _run?.Dispose();
        _checkout.Dispose();
    }

    [Fact]
    public async Task A_server_that_ended_is_started_again()
    {
        var run = await StartAsync();
        var first = await EndServerAsync();
        await ReadUntilAsync(run, "PostgreSQL runs again.");
        Assert.NotEqual(first, Server);

        await StopAsync(run);
        Assert.Equal(143, run.ExitCode);
        Assert.Null(Server);
    }

    [Theory]
    [InlineData("", "--listen 127.0.0.1:8889 --demo-users true --web-listen 127.0.0.1:8080 ")]
    [InlineData("--web-port 0", "--listen 127.0.0.1:8889 --demo-users true --web-listen 127.0.0.1:0 ")]
    [InlineData("--web-port none", "--listen 127.0.0.1:8889 --demo-users true --no-limits")]
    [InlineData("--port 1", "--listen 127.0.0.1:1 --demo-users true --no-limits")]
    [InlineData("--port 1 --registration open", "--listen 127.0.0.1:1 --demo-users true --registration open --no-limits")]
    [InlineData("--port 1 --web-port 2", "--listen 127.0.0.1:1 --demo-users true --web-listen 127.0.0.1:2 ")]
    public async Task HTTP_has_a_port_of_its_own_unless_another_port_was_given(string options, string expected)
    {
        // No port of this machine is looked at.
        _checkout.Write("scripts/in-use.sh", "take() { :; }\nlisteners_on() { :; }\n");
        _checkout.Environment["Chat__Database"] = "Host=nowhere";
        await _checkout.RunAsync("mkfifo never");
        _run = _checkout.Start($"exec ./run {options} --no-limits");
        await ReadUntilAsync(_run, "silo runs");
        Assert.StartsWith(expected, _checkout.Read("silo-arguments"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_for_HTTP_that_is_taken_is_a_line_that_names_the_option()
    {
        _checkout.Write("scripts/in-use.sh", "take() { :; }\nlisteners_on() { [ \"$1\" != 8080 ] || echo socket; }\n");
        _checkout.Environment["Chat__Database"] = "Host=nowhere";
        var ended = await _checkout.RunAsync("./run");
        Assert.Equal(
            (1, "error: port 8080, for the HTTP API, is in use already: give another one with --web-port PORT, or --web-port none.\n"),
            (ended.Status, ended.Errors));
    }

    [Fact]
    public async Task A_server_that_does_not_start_again_ends_the_service_with_an_error()
    {
        var run = await StartAsync();
        _checkout.Write("data/postgres/data/postgresql.conf", "no_such_setting = 1\n");
        await EndServerAsync();

        var said = await run.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await run.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("silo stops\n", said, StringComparison.Ordinal);
        Assert.Contains("error: PostgreSQL ended again, after five starts in five minutes: ", said, StringComparison.Ordinal);
        Assert.InRange(said.Split('\n').Length, 10, 20);
    }

    [Fact]
    public async Task Before_a_migration_from_an_older_schema_a_dump_is_kept()
    {
        _checkout.Write("storage/Schema/Migrations/008_old.sql", "");
        _checkout.Write("storage/Schema/Migrations/010_new.sql", "");
        var run = await StartAsync();
        var made = await PostgresAsync("""
            "$pg_bin/psql" -h "$pg_socket" -U orleanschat -d orleanschat -qc \
                "create table schema_version as select * from generate_series(1, 9) version"
            """);
        Assert.Equal((0, ""), (made.Status, made.Errors));
        await StopAsync(run);

        _run = _checkout.Start("exec ./run --port 1 --data data --no-install");
        var said = await ReadUntilAsync(_run, "silo runs");

        var dump = Path.GetFileName(Assert.Single(Directory.GetFiles(_checkout.PathOf("data/dumps"))));
        Assert.Matches("^schema-9-20[0-9]{6}T[0-9]{6}Z\\.dump$", dump);
        Assert.Contains("The database is migrated from schema version 9 to 10. Before that, a dump of it is written: "
            + _checkout.PathOf($"data/dumps/{dump}"), said, StringComparison.Ordinal);
        Assert.Contains("This is how long they stay from now on:\nretention --database Host=", said, StringComparison.Ordinal);
        var listed = await PostgresAsync($"\"$pg_bin/pg_restore\" --list data/dumps/{dump}; stat -c %a data/dumps data/dumps/{dump}");
        Assert.Contains("TABLE DATA public schema_version", listed.Output, StringComparison.Ordinal);
        Assert.EndsWith("700\n600\n", listed.Output, StringComparison.Ordinal);
        await StopAsync(_run);

        // There is no room for another one.
        Directory.Delete(_checkout.PathOf("data/dumps"), recursive: true);
        _checkout.Write("data/dumps", "");
        var ended = await _checkout.RunAsync("./run --port 1 --data data --no-install");
        Assert.Equal(1, ended.Status);
        Assert.Contains(
            "error: nothing was migrated, because the dump could not be written: mkdir: ", ended.Errors, StringComparison.Ordinal);

        // And none is needed.
        File.Delete(_checkout.PathOf("storage/Schema/Migrations/010_new.sql"));
        _run = _checkout.Start("exec ./run --port 1 --data data --no-install");
        Assert.DoesNotContain("migrated", await ReadUntilAsync(_run, "silo runs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_are_those_of_the_run_whose_folder_is_named()
    {
        _checkout.Write(".data/connection-string", "usual\n");
        _checkout.Write("data/connection-string", "named\n");
        _checkout.Environment["Chat__Database"] = "";

        var ended = await _checkout.RunAsync(
            "./accounts list; ./accounts --data data list; Chat__Database=set ./accounts list; ./accounts --data none list");
        Assert.Equal("usual\nnamed\nset\n", _checkout.Read("admin-database"));
        Assert.Equal((1, "error: ./run --data none is not running: start it.\n"),
            (ended.Status, ended.Errors[ended.Errors.IndexOf("error", StringComparison.Ordinal)..]));
    }

    [Fact]
    public async Task A_log_that_grows_is_set_aside_once_and_goes_on()
    {
        _checkout.Write("a log", new string('x', 10_300_000));
        _checkout.Write("small", "y");

        var ended = await _checkout.RunAsync(
            "set -euo pipefail; source scripts/common.sh; exec 3>>'a log'; "
            + "bound_log 'a log'; bound_log small; bound_log none; echo more >&3");
        Assert.Equal((0, ""), (ended.Status, ended.Errors));
        Assert.Equal((10_300_000, "more\n"), (_checkout.Read("a log.1").Length, _checkout.Read("a log")));
        Assert.Equal(("y", ""), (_checkout.Read("small"), _checkout.Read("small.1")));
    }

    /// <summary>The server's process; null while there is none.</summary>
    private string? Server => _checkout.Read("data/postgres/data/postmaster.pid") is { Length: > 0 } file ? file.Split('\n')[0] : null;

    private async Task<Process> StartAsync()
    {
        var made = await _checkout.RunAsync("mkfifo never");
        Assert.Equal(0, made.Status);
        var run = _run = _checkout.Start("exec ./run --port 1 --data data --no-install");
        await ReadUntilAsync(run, "silo runs");
        return run;
    }

    /// <summary>Ends the server as a crash does; its process.</summary>
    private async Task<string> EndServerAsync()
    {
        var server = Assert.IsType<string>(Server);
        await _checkout.RunAsync($"kill -QUIT {server}");
        return server;
    }

    private async Task StopAsync(Process run)
    {
        await _checkout.RunAsync($"kill -TERM {run.Id}");
        await run.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Runs a script beside the server that was started.</summary>
    private Task<ScriptCheckout.Ended> PostgresAsync(string script) => _checkout.RunAsync(
        $"""
        set -euo pipefail; source scripts/common.sh; source scripts/postgres.sh; find_postgres
        pg_socket=$(sed 's/^Host=//; s/;.*//' data/connection-string)
        {script}
        """);

    /// <summary>Reads what it says up to a line.</summary>
    private static async Task<string> ReadUntilAsync(Process run, string line)
    {
        var all = new StringBuilder();
        string? said;
        do
        {
            said = await run.StandardError.ReadLineAsync().WaitAsync(Patience);
            Assert.NotNull(said);
            all.Append(said).Append('\n');
        }
        while (said != line);
        return all.ToString();
    }
}
