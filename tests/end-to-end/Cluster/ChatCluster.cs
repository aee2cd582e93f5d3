using System.Net;
using System.Net.Sockets;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Storage;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Cluster;

/// <summary>
/// Three silos and two gateways, each in a process of its own, on one database: what kills are worth is shown with real
/// processes. A test leaves as many behind as it found (<c>IClassFixture</c>).
/// </summary>
public sealed class ChatCluster : IAsyncLifetime
{
    private const int SiloCount = 3, GatewayCount = 2, UserCount = 24;

    private readonly PostgresFixture _database = new();
    private readonly string[][] _ports = FreePorts();
    private Accounts _accounts = null!;
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
        _accounts = new Accounts(_database.DataSource, new Passwords(iterations: 1));
        foreach (var user in Users.Append(Visitor)) await _accounts.AddAsync(user, user.ToUpperInvariant(), ChatService.Password);
        try
        {
            Silos = await Task.WhenAll(Enumerable.Range(0, SiloCount).Select(StartSiloAsync));
            Gateways = await Task.WhenAll(Enumerable.Range(0, GatewayCount).Select(_ => StartGatewayAsync()));
        }
        catch
        {
            // Nobody disposes a fixture that did not start.
            await DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var process in Gateways.Concat(Silos)) await process.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>Has the users write to each other, over all gateways.</summary>
    public Task<Load> StartLoadAsync() => Load.StartAsync(ConnectAsync, connections: 6, Users);

    /// <summary>Opens a connection, to the gateways by turns.</summary>
    public Task<WireClient> ConnectAsync() => Gateways[_connections++ % GatewayCount].ConnectAsync();

    /// <summary>Starts the silo of that place anew; it must have ended.</summary>
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

    private Task<ProgramProcess> StartSiloAsync(int number) => ProgramProcess.StartAsync("orleanschat-silo", _database.ConnectionString,
        "--listen", "none", "--cluster-address", "127.0.0.1", "--silo-port", _ports[number][0], "--gateway-port", _ports[number][1]);

    private Task<ProgramProcess> StartGatewayAsync() =>
        ProgramProcess.StartAsync("orleanschat-gateway", _database.ConnectionString, "--listen", "127.0.0.1:0");

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
