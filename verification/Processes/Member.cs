using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansChat.Verification.Processes;

/// <summary>
/// A process that is always restarted on the same ports when it has ended, for whatever reason. Its output goes to a file, so that it
/// never has to wait for a reader.
/// </summary>
internal sealed partial class Member(string name, ProcessKind kind, string logFolder, ProcessStartInfo start, Func<string, bool> isReady)
    : IAsyncDisposable
{
    private const int SignalKill = 9, SignalTerminate = 15, SignalContinue = 18, SignalStop = 19;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10),
        RestartPause = TimeSpan.FromMilliseconds(100), StopTimeout = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _over = new();
    private readonly string _log = Path.Combine(logFolder, $"{name}.log");
    private Process? _process;
    private Task _keeping = Task.CompletedTask;
    private int _starts;
    private volatile bool _isReady, _isBlowExpected;

    /// <summary>The name, such as <c>silo-2</c>.</summary>
    public string Name => name;

    public ProcessKind Kind => kind;

    /// <summary>Whether it has reported that it runs, and has not been killed, stopped or frozen since.</summary>
    public bool IsUp => _isReady && !IsFrozen;

    /// <summary>Whether it is currently frozen.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>How often it ended without being asked to, so neither by a kill nor by a stop.</summary>
    public int OwnEnds { get; private set; }

    /// <summary>Raised when it ends without being asked to, with its exit status.</summary>
    public event Action<Member, int>? EndedByItself;

    /// <summary>Starts the process, and keeps it running until this is disposed.</summary>
    public void Start() => _keeping = KeepAsync();

    /// <summary>Waits until it runs.</summary>
    public async Task UpAsync(CancellationToken cancellationToken)
    {
        while (!IsUp) await Task.Delay(Poll, cancellationToken);
    }

    /// <summary>Kills the process and all its children; it is restarted at once.</summary>
    public void Kill() => Signal(SignalKill);

    /// <summary>
    /// Asks the process to end; it is then restarted. PostgreSQL gets the signal for a fast shutdown, because it would otherwise wait for
    /// connected clients.
    /// </summary>
    public void Stop() => Signal(SignalTerminate);

    /// <summary>Freezes the process and all its children for a while; a kill meanwhile ends the freeze early.</summary>
    public async Task FreezeAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        var process = _process;
        Signal(SignalStop);
        try
        {
            for (var since = Stopwatch.GetTimestamp(); IsFrozen && Stopwatch.GetElapsedTime(since) < length;)
                await Task.Delay(Poll, cancellationToken);
        }
        finally
        {
            if (ReferenceEquals(process, _process)) Signal(SignalContinue);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        if (_process is { HasExited: false })
        {
            Signal(SignalContinue);
            Signal(SignalTerminate);
            if (await Task.WhenAny(_keeping, Task.Delay(StopTimeout)) != _keeping) Signal(SignalKill);
        }
        await _keeping;
        _over.Dispose();
    }

    private async Task KeepAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            var seen = File.Exists(_log) ? new FileInfo(_log).Length : 0;
            (_isReady, IsFrozen, _isBlowExpected) = (false, false, false);
            using var process = _process = Launch();
            _starts++;
            var exit = process.WaitForExitAsync();
            _ = WatchAsync(process, seen, exit);
            await exit;
            (_isReady, IsFrozen) = (false, false);
            if (_over.IsCancellationRequested || _isBlowExpected) continue;
            OwnEnds++;
            EndedByItself?.Invoke(this, process.ExitCode);
            await Task.WhenAny(Task.Delay(RestartPause, _over.Token));
        }
    }

    private Process Launch()
    {
        // exec replaces the shell by the program, which keeps the process ID.
        var info = new ProcessStartInfo(
            "/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", _log, start.FileName, .. start.ArgumentList]);
        var forSockets = info.Environment.Keys
            .Where(key => key.StartsWith("DOTNET_SYSTEM_NET_SOCKETS_", StringComparison.Ordinal)).ToList();
        foreach (var variable in forSockets) info.Environment.Remove(variable);
        foreach (var (key, value) in start.Environment) info.Environment[key] = value;
        return Process.Start(info)!;
    }

    private async Task WatchAsync(Process process, long seen, Task exit)
    {
        while (!exit.IsCompleted)
        {
            if (File.Exists(_log) && isReady(ReadFrom(seen)))
            {
                if (ReferenceEquals(process, _process)) _isReady = true;
                return;
            }
            await Task.Delay(Poll);
        }
    }

    private string ReadFrom(long position)
    {
        using var file = new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = position;
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private void Signal(int signal)
    {
        if (_process is not { } process) return;
        int[] all;
        try
        {
            if (process.HasExited) return;
            // Stop the parent first, so that it starts no more children while the others are counted.
            if (kind == ProcessKind.Postgres && signal is SignalKill or SignalStop) _ = kill(process.Id, SignalStop);
            all = kind == ProcessKind.Postgres && signal != SignalTerminate ? [process.Id, .. Children(process.Id)] : [process.Id];
        }
        catch (InvalidOperationException)
        {
            return;
        }
        (_isBlowExpected, IsFrozen) = (_isBlowExpected || signal is SignalKill or SignalTerminate, signal == SignalStop);
        if (signal is SignalKill or SignalTerminate) _isReady = false;
        const int fast = 2;
        foreach (var id in all) _ = kill(id, kind == ProcessKind.Postgres && signal == SignalTerminate ? fast : signal);
        // A frozen process handles SIGTERM only after SIGCONT.
        if (signal == SignalTerminate) _ = kill(process.Id, SignalContinue);
    }

    private static IEnumerable<int> Children(int parent)
    {
        try
        {
            return File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return [];
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
