using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansChat.Verification.Processes;

/// <summary>
/// A process that is always started again when it has ended, whatever ended it, on the same ports. Its output goes to a
/// file, so that nobody has to read it for it to go on.
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

    /// <summary>Such as <c>silo-2</c>.</summary>
    public string Name => name;

    /// <summary>What it is.</summary>
    public ProcessKind Kind => kind;

    /// <summary>Whether it has said that it runs, and was not killed, stopped or frozen since.</summary>
    public bool IsUp => _isReady && !IsFrozen;

    /// <summary>Whether it is frozen for now.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>How often it ended without having been asked to, thus not by a kill or a stop.</summary>
    public int OwnEnds { get; private set; }

    /// <summary>Told when it ends without having been asked to, with its exit status.</summary>
    public event Action<Member, int>? EndedByItself;

    /// <summary>Starts it, and keeps it running until this is disposed of.</summary>
    public void Start() => _keeping = KeepAsync();

    /// <summary>Waits until it runs.</summary>
    public async Task UpAsync(CancellationToken cancellationToken)
    {
        while (!IsUp) await Task.Delay(Poll, cancellationToken);
    }

    /// <summary>Kills it with all its children; it is started again at once.</summary>
    public void Kill() => Signal(SignalKill);

    /// <summary>
    /// Asks it to end; it is started again then. For PostgreSQL this waits for clients that are connected, so it
    /// is asked for the fast way.
    /// </summary>
    public void Stop() => Signal(SignalTerminate);

    /// <summary>Freezes it with all its children for a while; if it is killed meanwhile, it is over earlier.</summary>
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

    /// <inheritdoc/>
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
        // The shell gives its place, and its number, to the program.
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
            // The parent first, stopped, so that it has no more children while the others are counted.
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
        // One that is frozen hears nothing else.
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
