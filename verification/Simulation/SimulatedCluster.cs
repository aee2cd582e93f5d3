using OrleansChat.Identifiers;
using OrleansChat.Verification.Clients.Conversations;
using OrleansChat.Verification.Simulation.Conversations;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Simulation;

/// <summary>The whole service: its processes, the places of its grains, and the gateways for clients.</summary>
internal sealed class SimulatedCluster : IWires, IConversationDoors
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromMilliseconds(30);

    private readonly Scheduler _scheduler;
    private readonly SimulatedDatabase _database;
    private readonly SimulatedProcess _clients;
    private readonly Plan _plan;
    private readonly List<SimulatedNode> _nodes = [];
    private readonly Dictionary<(string Class, string Key), SimulatedNode> _places = [];
    private readonly Dictionary<(SimulatedNode Caller, string Key), (SimulatedNode Place, long Until)> _doubles = [];
    private int _links;

    public SimulatedCluster(
        Scheduler scheduler, SimulatedDatabase database, SimulatedProcess clients, Plan plan)
    {
        (_scheduler, _database, _clients, _plan) = (scheduler, database, clients, plan);
        NodeKind[] kinds =
            plan.IsSpread ? [NodeKind.Silo, NodeKind.Silo, NodeKind.Gateway, NodeKind.Gateway] : [NodeKind.Both, NodeKind.Both];
        for (var i = 0; i < kinds.Length; i++) _nodes.Add(Create(i, kinds[i]));
    }

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    public int Gateways => _nodes.Count(node => node.IsGateway);

    /// <summary>A gateway's node, by the number that clients use.</summary>
    public SimulatedNode Gateway(int number) => _nodes.Where(node => node.IsGateway).ElementAt(number);

    /// <summary>The number that clients use for a gateway's node.</summary>
    public int NumberOf(SimulatedNode gateway) => _nodes.Where(node => node.IsGateway).TakeWhile(node => node != gateway).Count();

    public async Task<IWire> ConnectAsync(int gateway)
    {
        await Task.Delay(_scheduler.Delay(TimeSpan.Zero, LongestConnect), _clients.Time);
        var node = Gateway(gateway);
        if (node.Process.IsDead) throw new WireBrokenException("Nobody listens.");
        var link = new SimulatedLink(_scheduler, $"link-{++_links}");
        node.Accept(link);
        return link;
    }

    /// <inheritdoc/>
    public bool IsShown => true;

    /// <inheritdoc/>
    public bool IsLate => false;

    /// <inheritdoc/>
    public Task SettleAsync() => Task.CompletedTask;

    public async Task<IConversationDoor?> OpenDoorAsync(int gateway)
    {
        await Task.Delay(_scheduler.Delay(TimeSpan.Zero, LongestConnect), _clients.Time);
        var node = Gateway(gateway);
        return node.Process.IsDead ? null : new SimulatedClient(node.OpenDoor(_scheduler));
    }

    /// <summary>Starts a process to replace one that has ended.</summary>
    public void Restart(int index) => _nodes[index] = Create(index, _nodes[index].Kind);

    /// <summary>The others notice that a process is gone: its grains are activated elsewhere.</summary>
    public void GiveUp(SimulatedNode node)
    {
        node.IsGivenUp = true;
        foreach (var (key, place) in _places)
        {
            if (place == node) _places.Remove(key);
        }
    }

    /// <summary>For a while one process finds a grain elsewhere than the others do, so that it is activated twice.</summary>
    public void Double(SimulatedNode caller, TimeSpan time)
    {
        // Two presence grains list different users, perhaps one who has logged out: a known weakness.
        var places = _places.Where(p => p.Key.Key != GrainKeys.Presence).ToList();
        if (places.Count == 0) return;
        var ((_, key), place) = places[_scheduler.Random.Next(places.Count)];
        if (_nodes.FirstOrDefault(n => n.HasGrains && n != place && !n.Process.IsDead && !n.IsGivenUp) is not { } other) return;
        _doubles[(caller, key)] = (other, _scheduler.Now + time.Ticks);
    }

    private SimulatedNode Locate(SimulatedNode caller, string grainClass, string key)
    {
        if (_doubles.TryGetValue((caller, key), out var twin))
        {
            if (twin.Until > _scheduler.Now && !twin.Place.IsGivenUp) return twin.Place;
            _doubles.Remove((caller, key));
        }
        if (_places.TryGetValue((grainClass, key), out var place)) return place;
        var silos = _nodes.Where(node => node.HasGrains && !node.IsGivenUp).ToList();
        // If no silo is left, the call goes nowhere and times out.
        if (silos.Count == 0) return _nodes.Find(node => node.HasGrains)!;
        return _places[(grainClass, key)] = silos[_scheduler.Random.Next(silos.Count)];
    }

    private SimulatedNode Create(int index, NodeKind kind)
    {
        var process = new SimulatedProcess(_scheduler, $"{kind} {index}");
        // The constructor starts loops, which must belong to the process.
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(process.Context);
        var node = new SimulatedNode(process, _database, kind, _plan.Variant, _plan.SendsPerSecond, Locate);
        SynchronizationContext.SetSynchronizationContext(before);
        return node;
    }
}
