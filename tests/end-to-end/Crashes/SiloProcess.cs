using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Crashes;

/// <summary>The built program in a process of its own, to be killed.</summary>
internal sealed partial class SiloProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(string database)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "orleanschat-silo"), ["--listen", "127.0.0.1:0", "--demo-users", "true"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Chat__Database"] = database;
        // Which port the system gave it is told by this category alone.
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Hear(e.Data);
        _process.ErrorDataReceived += (_, e) => Hear(e.Data);
        _process.Exited += (_, _) => _port.TrySetException(new InvalidOperationException($"The program ended:\n{Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written so far.</summary>
    public string Output
    {
        get { lock (_output) return string.Join('\n', _output); }
    }

    /// <summary>Starts it, and waits until it listens.</summary>
    public static async Task<SiloProcess> StartAsync(string database)
    {
        var silo = new SiloProcess(database);
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_output) _output.Add(line);
        if (ListeningPattern().Match(line) is { Success: true } match) _port.TrySetResult(int.Parse(match.Groups[1].Value, null));
    }

    [GeneratedRegex(@"Now listening on: \S+:(\d+)")]
    private static partial Regex ListeningPattern();
}
