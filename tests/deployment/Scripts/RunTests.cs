using System.Diagnostics;

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
            "printf '%s\\n' \"$Chat__Database\" >>\"$CHECKOUT/admin-database\"");
        _checkout.WriteProgram("artifacts/bin/OrleansChat.Silo/release/orleanschat-silo",
            "echo silo runs >&2; trap 'echo silo stops >&2; exit 0' TERM; read -r _ <>\"$CHECKOUT/never\"");
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

    private static async Task ReadUntilAsync(Process run, string line)
    {
        string? said;
        do
        {
            said = await run.StandardError.ReadLineAsync().WaitAsync(Patience);
            Assert.NotNull(said);
        }
        while (said != line);
    }
}
