using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansChat.Gateway.Doors.Line;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Grains;
using OrleansChat.Grains.Push;
using OrleansChat.Grains.Sessions;
using OrleansChat.Grains.Users;
using OrleansChat.Limits;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Sessions;
using OrleansChat.Verification.Simulation.Conversations;
using OrleansChat.Verification.Simulation.Host;
using OrleansChat.Verification.Simulation.Rooms;
using OrleansChat.Verification.Variants;

namespace OrleansChat.Verification.Simulation;

/// <summary>One process of the service: a silo, a gateway, or both; it runs the service's own classes on the simulation.</summary>
internal sealed class SimulatedNode : IServiceProvider, IKeyedServiceProvider
{
    private static readonly LimitMetrics Metrics = new();
    private static readonly RoomLimits RoomLimits = new();
    private static readonly SimulatedOwnAccounts OwnAccounts = new();
    private static readonly SimulatedRegistrations Registrations = new();

    // No simulated gateway attaches itself, so nothing is read for one.
    private static readonly GatewayOutboxes Outboxes = new(new NoTails(), TimeProvider.System, NullLogger<GatewayOutboxes>.Instance);

    private readonly IOptions<AccountLimits> _limits;
    private readonly SimulatedStorage _storage;
    private readonly IMailbox _mailbox;
    private readonly IConversations _conversations;
    private readonly IRooms _rooms;
    private readonly List<SimulatedLink> _links = [];
    private readonly List<SimulatedDoor> _doors = [];
    private readonly Dictionary<string, GrainClass> _classes;
    private readonly GatewayServices? _gateway;
    private int _connections;

    /// <summary>Starts the node; call it in the process.</summary>
    public SimulatedNode(SimulatedProcess process, SimulatedDatabase database, NodeKind kind,
        Variant? variant, int sendsPerSecond, Func<SimulatedNode, string, string, SimulatedNode> locate)
    {
        _limits = Options.Create(new AccountLimits { SendsPerSecond = sendsPerSecond });
        (Process, Kind) = (process, kind);
        _storage = new SimulatedStorage(database, process);
        var rooms = new SimulatedRooms(database, process);
        _rooms = variant is { } loose ? new BrokenRooms(rooms, loose) : rooms;
        _mailbox = variant is { } broken ? new BrokenMailbox(_storage, broken) : _storage;
        _conversations = variant is { } planted ? new BrokenConversations(_storage, planted) : _storage;
        var options = new SimulatedSiloOptions { MaxTurnsInARow = 1, GrainAssemblies = { typeof(UserGrain).Assembly } };
        Silo = new SimulatedSilo(this, options, process, process.Time, NullLogger<SimulatedSilo>.Instance);
        _ = Silo.StartAsync(CancellationToken.None);
        _classes = Silo.GrainFactory.Classes.ToDictionary(c => c.Name);
        Silo.Placement = (grainClass, key) => locate(this, grainClass.Name, key)._classes[grainClass.Name];
        if (kind == NodeKind.Silo) return;
        IChatGrains grains = new ChatGrains(Silo.GrainFactory);
        if (variant is { } fault) grains = new BrokenGrains(grains, fault);
        var presence = new Presence(grains, process.Time, NullLogger<Presence>.Instance);
        // Its first report asks where the others are, so it must wait until they exist.
        process.Post(_ => _ = presence.RunAsync(CancellationToken.None));
        _gateway = new GatewayServices(grains, presence, new LimitOptions(), Metrics, process.Time, NullLogger<GatewayServices>.Instance);
    }

    public SimulatedProcess Process { get; }

    public NodeKind Kind { get; }

    public SimulatedSilo Silo { get; }

    /// <summary>Whether the others know that it has ended: its grains are activated elsewhere.</summary>
    public bool IsGivenUp { get; set; }

    public bool HasGrains => Kind != NodeKind.Gateway;

    public bool IsGateway => _gateway is not null;

    /// <summary>Accepts a connection, and serves it in the process.</summary>
    public void Accept(SimulatedLink link)
    {
        _links.Add(link);
        var closed = new CancellationTokenSource();
        link.Server.ConnectionClosed = closed.Token;
        link.Closed = () => Process.Post(_ => closed.Cancel());
        var id = $"{_gateway!.GatewayId}-{++_connections}";
        Process.Post(_ => _ = link.PumpAsync());
        Process.Post(_ => _ = ServeAsync(link, id));
    }

    /// <summary>Accepts a client that does not use the text protocol.</summary>
    public SimulatedDoor OpenDoor(Scheduler scheduler)
    {
        var id = $"{_gateway!.GatewayId}-{++_connections}";
        var client = ClientConnection.Unlimited(new DefaultConnectionContext(id), Process.Time);
        var door = new SimulatedDoor(scheduler, Process, isGone => new ClientSession(id, client, isGone, _gateway, CancellationToken.None));
        _doors.Add(door);
        return door;
    }

    /// <summary>Kills the node at once.</summary>
    /// <param name="silently">Whether nobody tells the clients, because its machine is gone too.</param>
    public void Kill(bool silently)
    {
        Process.Kill();
        foreach (var link in _links) link.ServerDied(silently);
        foreach (var door in _doors) door.ServerDied(silently);
    }

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IMailbox) ? _mailbox
        : serviceType == typeof(IConversations) ? _conversations
        : serviceType == typeof(ISessionTable) || serviceType == typeof(IPasswordVerifier) ? _storage
        : serviceType == typeof(IRooms) ? _rooms
        : serviceType == typeof(IOwnAccounts) ? OwnAccounts
        : serviceType == typeof(IRegistrations) ? Registrations
        : serviceType == typeof(RoomLimits) ? RoomLimits
        : serviceType == typeof(TimeProvider) ? Process.Time
        : serviceType == typeof(IOptions<ChatSessionOptions>) ? Options.Create(new ChatSessionOptions())
        : serviceType == typeof(IOptions<AccountLimits>) ? _limits
        : serviceType == typeof(IOptions<AccountRules>) ? Options.Create(new AccountRules())
        : serviceType == typeof(LimitMetrics) ? Metrics
        : serviceType == typeof(GatewayOutboxes) ? Outboxes
        : serviceType == typeof(ILogger<UserGrain>) ? NullLogger<UserGrain>.Instance
        : serviceType == typeof(ILogger<SessionGrain>) ? NullLogger<SessionGrain>.Instance
        : null;

    public object? GetKeyedService(Type serviceType, object? serviceKey) => serviceType == typeof(IGrainStateStore) ? _storage : null;

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
        GetKeyedService(serviceType, serviceKey) ?? throw new InvalidOperationException($"There is no {serviceType} here.");

    private async Task ServeAsync(SimulatedLink link, string id)
    {
        try
        {
            await new LineConnection(id, link.Server, _gateway!, new LineOptions(), new ProxyOptions()).RunAsync();
        }
        catch (IOException)
        {
            // The client is gone.
        }
        finally
        {
            link.Server.Transport.Output.Complete();
            link.Server.Transport.Input.Complete();
        }
    }
}

/// <summary>The parts of the service that run in a process.</summary>
internal enum NodeKind
{
    /// <summary>Only grains.</summary>
    Silo,

    /// <summary>Only clients' connections.</summary>
    Gateway,

    /// <summary>Grains and clients' connections.</summary>
    Both,
}
