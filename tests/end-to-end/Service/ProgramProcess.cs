using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Service;

/// <summary>A signal that a process can be sent.</summary>
internal enum Signal
{
    /// <summary>Ends it at once: it has no say in it.</summary>
    Kill = 9,

    /// <summary>Asks it to stop in order.</summary>
    Terminate = 15,

    /// <summary>Lets a paused one go on.</summary>
    Continue = 18,

    /// <summary>Pauses it: its sockets stay open, and nobody answers.</summary>
    Stop = 19,
}

/// <summary>A built program of the service in a process of its own.</summary>
internal sealed partial class ProgramProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private bool _isDisposed;
    private readonly TaskCompletionSource<IPEndPoint?> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProgramProcess(string program, string database, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Chat__Database"] = database;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Hear(e.Data);
        _process.ErrorDataReceived += (_, e) => Hear(e.Data);
        _process.Exited += (_, _) => _started.TrySetException(new InvalidOperationException($"The program ended:\n{Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written so far.</summary>
    public string Output
    {
        get { lock (_output) return string.Join('\n', _output); }
    }

    /// <summary>Where it listens for clients.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Starts a program of this build, or of the path given, and does not wait until it runs.</summary>
    public static ProgramProcess Launch(string program, string database, params string[] arguments) => new(program, database, arguments);

    /// <summary>Starts a program, and waits until it says that it runs.</summary>
    public static async Task<ProgramProcess> StartAsync(string program, string database, params string[] arguments)
    {
        var process = Launch(program, database, arguments);
        try
        {
            if (await process._started.Task.WaitAsync(WireClient.Patience) is { } endPoint) process.EndPoint = endPoint;
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a connection to it.</summary>
    public Task<WireClient> ConnectAsync() => WireClient.ConnectAsync(EndPoint);

    /// <summary>Sends it a signal.</summary>
    public void Send(Signal signal)
    {
        if (kill(_process.Id, (int)signal) != 0) throw new InvalidOperationException($"There is no process for {signal}.");
    }

    /// <summary>Waits until it has ended; its exit code, 128 and the signal's number where one ended it.</summary>
    public async Task<int> EndedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(WireClient.Patience);
        return _process.ExitCode;
    }

    /// <summary>Sends a signal that ends it, and waits for that.</summary>
    public Task<int> EndAsync(Signal signal)
    {
        Send(signal);
        return EndedAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        if (!_process.HasExited) await EndAsync(Signal.Kill);
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_output) _output.Add(line);
        if (ListensPattern().Match(line) is { Success: true } match) _started.TrySetResult(IPEndPoint.Parse(match.Groups[1].Value));
        else if (line.EndsWith("runs, without clients of its own.", StringComparison.Ordinal)) _started.TrySetResult(null);
    }

    [GeneratedRegex(@"OrleansChat \(.*\) listens on (\S+:\d+)")]
    private static partial Regex ListensPattern();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
