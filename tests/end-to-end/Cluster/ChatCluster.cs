using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Storage.Accounts;
using OrleansChat.Tests.Shared;
using Xunit.Abstractions;

namespace OrleansChat.EndToEnd.Tests.Cluster;

/// <summary>
/// Three silos and two gateways on one database, each in a process of its own and under the role of its kind: what kills are
/// worth is shown with real processes. A test leaves as many behind as it found.
/// </summary>
[CollectionDefinition(nameof(ChatCluster))]
public sealed class ChatCluster : IAsyncLifetime, ICollectionFixture<ChatCluster>
{
    private const int SiloCount = 3, GatewayCount = 2, UserCount = 24;

    private readonly PostgresFixture _database = new();
    private readonly string[][] _ports = FreePorts();
    private readonly ConcurrentBag<ProgramProcess> _started = [];
    private AccountStore _accounts = null!;
    private int _connections;

    /// <summary>The silos; each keeps its ports over restarts.</summary>
    internal ProgramProcess[] Silos { get; private set; } = [];

    /// <summary>The gateways.</summary>
    internal ProgramProcess[] Gateways { get; private set; } = [];

    /// <summary>Enough users for every silo to have grains of some.</summary>
    public string[] Users { get; } = [.. Enumerable.Range(1, UserCount).Select(i => $"user{i}")];

    /// <summary>A user to whom the load does not write.</summary>
    public const string Visitor = "visitor";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        await _database.CreateRolesAsync();
        _accounts = new AccountStore(_database.DataSource, new Passwords(iterations: 1));
        foreach (var user in Users.Append(Visitor)) await _accounts.AddAsync(user, user.ToUpperInvariant(), ChatService.Password);
        Silos = await Task.WhenAll(Enumerable.Range(0, SiloCount).Select(StartSiloAsync));
        Gateways = await Task.WhenAll(Enumerable.Range(0, GatewayCount).Select(_ => StartGatewayAsync()));
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var process in _started) await process.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>Has the users write to each other, over all gateways.</summary>
    public Task<Load> StartLoadAsync() => Load.StartAsync(ConnectAsync, connections: 6, Users);

    /// <summary>Opens a connection, to the gateways by turns.</summary>
    public Task<WireClient> ConnectAsync() => Gateways[_connections++ % GatewayCount].ConnectAsync();

    /// <summary>Starts the silo of that place again; it must have ended.</summary>
    public async Task RestartSiloAsync(int number)
    {
        await Silos[number].DisposeAsync();
        Silos[number] = await StartSiloAsync(number);
    }

    /// <summary>Starts another gateway in that place; the one before must have ended.</summary>
    public async Task ReplaceGatewayAsync(int number)
    {
        await Gateways[number].DisposeAsync();
        Gateways[number] = await StartGatewayAsync();
    }

    /// <summary>Ends the load, and finds what was promised.</summary>
    internal async Task ReconcileAsync(Load load, ITestOutputHelper output)
    {
        await load.StopAsync();
        output.WriteLine(
            $"Longest time without an acknowledgement: {load.LongestGap.TotalSeconds:F1} s; "
            + $"sends answered as unavailable: {load.Unavailable}");
        await load.ReconcileAsync(ConnectAsync);
    }

    private Task<ProgramProcess> StartSiloAsync(int number) => StartAsync(
        "orleanschat-silo", _database.ServiceConnectionString, "--migrate", "false", "--no-limits", "true", "--listen", "none",
        "--cluster-address", "127.0.0.1", "--silo-port", _ports[number][0], "--gateway-port", _ports[number][1]);

    private Task<ProgramProcess> StartGatewayAsync() => StartAsync(
        "orleanschat-gateway", _database.GatewayConnectionString, "--no-limits", "true", "--listen", "127.0.0.1:0");

    private async Task<ProgramProcess> StartAsync(string program, string database, params string[] arguments)
    {
        var process = await ProgramProcess.StartAsync(program, database, arguments);
        _started.Add(process);
        return process;
    }

    private static string[][] FreePorts()
    {
        // Held open together, so that no port is given twice.
        var listeners = Enumerable.Range(0, SiloCount * 2).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        string[][] ports = [.. listeners.Select(listener => $"{((IPEndPoint)listener.LocalEndpoint).Port}").Chunk(2)];
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}
