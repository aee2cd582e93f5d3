using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>A running host: <see cref="HostUnderTest"/> is the one for which these tests are compiled.</summary>
public interface IHostUnderTest
{
    IGrainFactory Grains { get; }

    /// <summary>The storage "memory".</summary>
    MemoryStates States { get; }

    /// <summary>Deactivates every grain that has nothing to do, as if it had been unused for long enough.</summary>
    Task CollectUnused();
}

/// <summary>One host for all contract tests: each test has grains of its own.</summary>
[CollectionDefinition(Name)]
public sealed class ContractCollection : ICollectionFixture<HostUnderTest>
{
    public const string Name = "contract";
}

[Collection(ContractCollection.Name)]
public abstract class ContractTests(HostUnderTest host)
{
    protected IGrainFactory Grains => host.Grains;

    protected MemoryStates States => host.States;

    protected Task CollectUnused() => host.CollectUnused();

    /// <summary>A grain that no other test has; words in its key change what it does.</summary>
    protected (IProbeGrain Grain, Probe Probe) NewProbe(string words = "plain")
    {
        var key = $"t:{words}:{Guid.NewGuid()}";
        return (Grains.GetGrain<IProbeGrain>(key), Probe.For(key));
    }

    /// <summary>As <see cref="NewProbe"/>, and it is active already.</summary>
    protected async Task<(IProbeGrain Grain, Probe Probe)> NewActiveProbe(string words = "plain")
    {
        var (grain, probe) = NewProbe(words);
        await grain.Next();
        return (grain, probe);
    }
}

public static class WithPatience
{
    public static Task InTime(this Task task) => task.WaitAsync(Patience.Limit);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Patience.Limit);
}
