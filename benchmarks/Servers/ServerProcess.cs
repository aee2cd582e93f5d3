using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Bench.Servers;

/// <summary>A server in a process of its own, on a free port of this machine.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(1);

    /// <summary>A load exceeds what a client may do: the scenarios measure what the service can do.</summary>
    private static readonly string[] NoLimits = ["--no-limits", "true"];

    /// <summary>The environment variable from which all programs of the service read the connection string.</summary>
    public const string DatabaseVariable = "Chat__Database";

    private readonly Process _process;

    private ServerProcess(Process process, IPEndPoint endPoint) => (_process, EndPoint) = (process, endPoint);

    /// <summary>The address on which the server listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The process ID.</summary>
    public int Id => _process.Id;

    /// <summary>The resident memory in bytes. Reads /proc, so Linux only.</summary>
    public long ResidentBytes => ReadBytes("VmRSS:");

    /// <summary>The maximum resident memory in bytes since <see cref="ForgetPeak"/>.</summary>
    public long PeakResidentBytes => ReadBytes("VmHWM:");

    /// <summary>The time from the start of the process to the first byte of its first reply.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>Starts a single silo on a database, without limits for addresses, accounts and mailboxes.</summary>
    public static Task<ServerProcess> StartSiloAsync(
        BenchOptions options, string database, CancellationToken cancellationToken, params string[] arguments) =>
        StartLimitedSiloAsync(options, database, cancellationToken, [.. NoLimits, .. arguments]);

    /// <summary>Starts a single silo on a database, with its default limits.</summary>
    public static Task<ServerProcess> StartLimitedSiloAsync(
        BenchOptions options, string database, CancellationToken cancellationToken, params string[] arguments) =>
        StartServiceAsync(options.SiloProgram, database, arguments, cancellationToken);

    /// <summary>Starts a silo or gateway of any version on a database, with these arguments and the address to listen on.</summary>
    public static Task<ServerProcess> StartServiceAsync(
        string program, string database, string[] arguments, CancellationToken cancellationToken) =>
        StartAsync(program, endPoint => ["--listen", endPoint.ToString(), .. arguments], cancellationToken, Settings(database));

    /// <summary>Starts a gateway for the cluster on a database.</summary>
    public static Task<ServerProcess> StartGatewayAsync(BenchOptions options, string database, CancellationToken cancellationToken) =>
        StartServiceAsync(options.GatewayProgram, database, NoLimits, cancellationToken);

    /// <summary>Starts a silo that serves no clients, as a member of the cluster on a database; does not wait for it.</summary>
    public static ServerProcess StartMember(BenchOptions options, string database)
    {
        var (silos, gateways) = (FreeEndPoint(), FreeEndPoint());
        return Launch(options.SiloProgram, silos, Settings(database), ["--listen", "none", "--cluster-address", $"{silos.Address}",
            "--silo-port", $"{silos.Port}", "--gateway-port", $"{gateways.Port}", .. NoLimits]);
    }

    /// <summary>Starts a server, and waits until it has answered an unknown user's login, which needs a grain and the database.</summary>
    public static async Task<ServerProcess> StartAsync(
        string program, Func<IPEndPoint, string[]> arguments,
        CancellationToken cancellationToken, Dictionary<string, string>? settings = null)
    {
        var endPoint = FreeEndPoint();
        var startedAt = Stopwatch.GetTimestamp();
        var server = Launch(program, endPoint, settings ?? [], arguments(endPoint));
        try
        {
            await server.WaitForReplyAsync(cancellationToken).WaitAsync(StartTimeout, cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        server.StartTime = Stopwatch.GetElapsedTime(startedAt);
        return server;
    }

    private static Dictionary<string, string> Settings(string database) => new()
    {
        // The connection string is not an argument, because it may hold a password.
        [DatabaseVariable] = database,
        ["Logging__LogLevel__OrleansChat"] = "Warning",
        // The server would warn that limits are off, and report each time that one is reached.
        ["Logging__LogLevel__OrleansChat.Gateway.Limits"] = "Error",
    };

    private static ServerProcess Launch(string program, IPEndPoint endPoint, Dictionary<string, string> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        LeaveOwnSettings(start);
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var server = new ServerProcess(Process.Start(start)!, endPoint);
        // Standard output is for the results alone.
        server._process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text) Console.Error.WriteLine(text);
        };
        server._process.BeginOutputReadLine();
        return server;
    }

    /// <summary>Restarts the search for the maximum resident memory.</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{Id}/clear_refs", "5");

    /// <summary>Removes the generator's own settings, and those for a developer's service, from another process's environment.</summary>
    public static void LeaveOwnSettings(ProcessStartInfo start)
    {
        string[] prefixes = ["DOTNET_SYSTEM_NET_SOCKETS_", "Chat__"];
        foreach (var name in start.Environment.Keys.ToList())
            if (prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))) start.Environment.Remove(name);
    }

    /// <summary>Stops the server in order, or kills it if that takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync();
            using var timeout = new CancellationTokenSource(StopTimeout);
            try
            {
                await _process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
        _process.Dispose();
    }

    private async Task WaitForReplyAsync(CancellationToken cancellationToken)
    {
        while (!_process.HasExited)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(EndPoint, cancellationToken);
                await client.GetStream().WriteAsync("auth nobody nothing\r\n"u8.ToArray(), cancellationToken);
                if (await client.GetStream().ReadAsync(new byte[1], cancellationToken) == 1) return;
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // It does not listen yet.
            }
            await Task.Delay(Poll, cancellationToken);
        }
        throw new BenchException(
            $"{Path.GetFileName(_process.StartInfo.FileName)} ended with status {_process.ExitCode} before it answered.");
    }

    /// <summary>An address of this machine with a free port.</summary>
    public static IPEndPoint FreeEndPoint()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    private long ReadBytes(string field) =>
        File.ReadLines($"/proc/{Id}/status").Where(line => line.StartsWith(field, StringComparison.Ordinal))
            .Select(line => 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
            .Single();
}
