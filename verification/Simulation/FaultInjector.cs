using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Simulation;

/// <summary>Injects faults into the simulated service, tells the ledger about each, and ends them again.</summary>
internal sealed class FaultInjector(
    Scheduler scheduler, SimulatedCluster cluster, SimulatedDatabase database, SimulatedProcess server, Ledger ledger)
{
    /// <summary>The others declare a silo that does not answer dead within this time: see docs/operating/cluster.md.</summary>
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LongestRestart = TimeSpan.FromSeconds(3);

    private const string Directory = "the grain directory";
    private const string Network = "the way to the database";

    private readonly List<Action> _mend = [];
    private bool _isOver;

    /// <summary>Begins a fault, which ends by itself.</summary>
    public void Begin(PlannedFault fault)
    {
        if (_isOver) return;
        switch (fault.Kind)
        {
            case SimulatedFault.KillSilo: Kill(Pick(fault, n => n.HasGrains), silently: false); break;
            case SimulatedFault.KillGateway: Kill(Pick(fault, n => n.IsGateway), silently: false); break;
            case SimulatedFault.LoseGatewayMachine: Kill(Pick(fault, n => n.IsGateway), silently: true); break;
            case SimulatedFault.FreezeSilo: Freeze(Pick(fault, n => n.HasGrains), fault.Lasts); break;
            case SimulatedFault.FreezeGateway: Freeze(Pick(fault, n => n.IsGateway), fault.Lasts); break;
            case SimulatedFault.KillDatabase: KillDatabase(fault.Lasts); break;
            case SimulatedFault.FreezeDatabase: FreezeDatabase(fault.Lasts); break;
            case SimulatedFault.LoseStatements: Lose(StatementFault.Lost, fault.Lasts); break;
            case SimulatedFault.LoseAnswers: Lose(StatementFault.Unheard, fault.Lasts); break;
            case SimulatedFault.DelayStatements: Lose(StatementFault.Late, fault.Lasts); break;
            case SimulatedFault.ActivateTwice: ActivateTwice(cluster.Nodes[fault.Choice % cluster.Nodes.Count], fault.Lasts); break;
            case SimulatedFault.ClockJump:
                // Silos must agree on the time: their clocks decide between two activations where a session was last used.
                var clock = Pick(fault, n => !n.HasGrains)?.Process.Time ?? server.Time;
                clock.Offset += TimeSpan.FromMilliseconds(fault.Choice % 20_000 - 10_000);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(fault));
        }
    }

    /// <summary>Ends all faults; no new ones begin.</summary>
    public void EndAll()
    {
        _isOver = true;
        foreach (var mend in _mend.ToArray()) mend();
    }

    /// <summary>Runs an action once: after a time, or when all faults are ended.</summary>
    private void Mend(TimeSpan after, Action mend)
    {
        _mend.Add(Once);
        scheduler.At(after, Once);

        void Once()
        {
            if (_mend.Remove(Once)) mend();
        }
    }

    private SimulatedNode? Pick(PlannedFault fault, Predicate<SimulatedNode> which)
    {
        var nodes = cluster.Nodes.Where(n => which(n) && n.Process is { IsDead: false, IsFrozen: false }).ToList();
        return nodes.Count == 0 ? null : nodes[fault.Choice % nodes.Count];
    }

    private void Kill(SimulatedNode? node, bool silently)
    {
        if (node is null) return;
        ledger.ProcessDied(node.Process.Name);
        if (node.HasGrains) ledger.GrainsMoved();
        if (node.IsGateway) ledger.GatewayDied(cluster.NumberOf(node));
        var index = cluster.Nodes.ToList().IndexOf(node);
        node.Kill(silently);
        Mend(scheduler.Delay(TimeSpan.Zero, GivenUpAfter), () => cluster.GiveUp(node));
        Mend(scheduler.Delay(TimeSpan.FromMilliseconds(300), LongestRestart), () => cluster.Restart(index));
    }

    private void Freeze(SimulatedNode? node, TimeSpan lasts)
    {
        if (node is null) return;
        ledger.ProcessFrozen(node.Process.Name);
        if (node.HasGrains) ledger.GrainsMoved();
        if (node.IsGateway) ledger.GatewayFrozen(cluster.NumberOf(node));
        node.Process.Freeze();
        var isGivenUp = false;
        if (node.HasGrains && lasts > GivenUpAfter)
        {
            isGivenUp = true;
            scheduler.At(GivenUpAfter, () => cluster.GiveUp(node));
        }
        Mend(lasts, () =>
        {
            node.Process.Resume();
            ledger.ProcessResumed(node.Process.Name);
            if (node.IsGateway) ledger.GatewayResumed(cluster.NumberOf(node));
            // The silo notices that the others have declared it dead, and ends: until then its grains may also run elsewhere.
            if (!isGivenUp) return;
            var findsOut = scheduler.Delay(TimeSpan.Zero, TimeSpan.FromSeconds(2));
            scheduler.At(findsOut, () => Kill(node.Process.IsDead ? null : node, silently: false));
        });
    }

    private void KillDatabase(TimeSpan lasts)
    {
        ledger.ProcessDied(server.Name);
        database.IsDown = true;
        Mend(lasts < LongestRestart ? lasts : LongestRestart, () => database.IsDown = false);
    }

    private void FreezeDatabase(TimeSpan lasts)
    {
        ledger.ProcessFrozen(server.Name);
        server.Freeze();
        Mend(lasts, () =>
        {
            server.Resume();
            ledger.ProcessResumed(server.Name);
        });
    }

    private void ActivateTwice(SimulatedNode caller, TimeSpan lasts)
    {
        // This happens while the membership changes: to clients it looks like the death of a member.
        ledger.ProcessFrozen(Directory);
        ledger.GrainsMoved();
        cluster.Double(caller, lasts);
        Mend(lasts, () => ledger.ProcessResumed(Directory));
    }

    private void Lose(StatementFault kind, TimeSpan lasts)
    {
        // To clients, a network that loses data looks like a database server that is frozen.
        ledger.ProcessFrozen(Network);
        database.Fault = (kind, 0.3);
        Mend(lasts, () =>
        {
            database.Fault = default;
            ledger.ProcessResumed(Network);
        });
    }
}
