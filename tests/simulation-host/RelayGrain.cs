using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.SimulationHost.Tests;

/// <summary>A grain that waits at a gate and then calls another.</summary>
public interface IRelayGrain : IGrainWithStringKey
{
    Task<int> Relay(string gate, string otherKey);
}

public sealed class RelayGrain : Grain, IRelayGrain
{
    public async Task<int> Relay(string gate, string otherKey)
    {
        await Probe.For(this.GetPrimaryKeyString()).Pass(gate);
        return await GrainFactory.GetGrain<IProbeGrain>(otherKey).Next();
    }
}
