using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Crashes;

/// <summary>The built program in a process of its own, to be stopped or killed.</summary>
internal sealed partial class SiloProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(string database, string program)
    {
        var start = new ProcessStartInfo(program, ["--listen", "127.0.0.1:0", "--demo-users", "true"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Chat__Database"] = database;
        // Which port the system gave it is told by this category alone.
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Hear(e.Data);
        _process.ErrorDataReceived += (_, e) => Hear(e.Data, isError: true);
        _process.Exited += (_, _) => _port.TrySetException(new InvalidOperationException($"The program ended:\n{Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The program of this build.</summary>
    public static string OfThisBuild => Path.Combine(AppContext.BaseDirectory, "orleanschat-silo");

    /// <summary>What it has written so far.</summary>
    public string Output
    {
        get { lock (_output) return string.Join('\n', _output); }
    }

    /// <summary>What of it went to standard error.</summary>
    public string Errors
    {
        get { lock (_output) return string.Join('\n', _errors); }
    }

    /// <summary>Starts it, or another program like it, and does not wait until it listens.</summary>
    public static SiloProcess Launch(string database, string? program = null) => new(database, program ?? OfThisBuild);

    /// <summary>Starts it, or another program like it, and waits until it listens.</summary>
    public static async Task<SiloProcess> StartAsync(string database, string? program = null)
    {
        var silo = Launch(database, program);
        await silo._port.Task.WaitAsync(WireClient.Patience);
        return silo;
    }

    /// <summary>Opens a connection to it.</summary>
    public async Task<WireClient> ConnectAsync() => await WireClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, await _port.Task));

    /// <summary>Ends it by SIGKILL: it has no say in it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops it in order, by SIGTERM; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync();
        return await EndedAsync();
    }

    /// <summary>Waits until it has ended, and all that it wrote is read; its exit code.</summary>
    public async Task<int> EndedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(WireClient.Patience);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Hear(string? line, bool isError = false)
    {
        if (line is null) return;
        lock (_output)
        {
            _output.Add(line);
            if (isError) _errors.Add(line);
        }
        if (ListeningPattern().Match(line) is { Success: true } match) _port.TrySetResult(int.Parse(match.Groups[1].Value, null));
    }

    [GeneratedRegex(@"Now listening on: \S+:(\d+)")]
    private static partial Regex ListeningPattern();
}
