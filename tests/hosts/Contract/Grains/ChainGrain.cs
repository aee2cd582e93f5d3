using Orleans.Concurrency;

namespace OrleansChat.Hosts.Tests.Contract.Grains;

/// <summary>A grain that calls others.</summary>
[Alias("Tests.IChainGrain")]
public interface IChainGrain : IGrainWithStringKey
{
    /// <summary>Has the other grain call this one back, while this one waits for it.</summary>
    [Alias("CallRound")]
    Task<int> CallRound(string otherKey, bool interleaving);

    [Alias("CallBack")]
    Task<int> CallBack(string key, bool interleaving);

    [Alias("Answer"), ResponseTimeout("00:00:00.250")]
    Task<int> Answer();

    [Alias("AnswerBetween"), AlwaysInterleave]
    Task<int> AnswerBetween();

    /// <summary>Has a probe wait until the token is cancelled.</summary>
    [Alias("WaitThrough")]
    Task WaitThrough(string probeKey, CancellationToken cancellationToken);

    /// <summary>Calls a probe's method that has a short timeout; the name of the exception, or nothing.</summary>
    [Alias("TrySlow"), ResponseTimeout("00:00:30")]
    Task<string> TrySlow(string probeKey, string name);

    [Alias("FailInItsOwnWay")]
    Task FailInItsOwnWay(string message);

    [Alias("FailThrough")]
    Task FailThrough(string otherKey, string message);

    [Alias("Echo")]
    Task<SealedNumbers> Echo(SealedNumbers numbers);
}

/// <summary>An argument that promises not to change.</summary>
[GenerateSerializer, Immutable, Alias("Tests.SealedNumbers")]
public sealed record SealedNumbers([property: Id(0)] int[] Numbers);

/// <summary>An exception of the tests' own.</summary>
public sealed class ChainException : Exception
{
    public ChainException() { }

    public ChainException(string message) : base(message) { }

    public ChainException(string message, Exception innerException) : base(message, innerException) { }
}

public sealed class ChainGrain : Grain, IChainGrain
{
    public Task<int> CallRound(string otherKey, bool interleaving) => Other(otherKey).CallBack(this.GetPrimaryKeyString(), interleaving);

    public Task<int> CallBack(string key, bool interleaving) => interleaving ? Other(key).AnswerBetween() : Other(key).Answer();

    public Task<int> Answer() => Task.FromResult(1);

    public Task<int> AnswerBetween() => Task.FromResult(1);

    public Task WaitThrough(string probeKey, CancellationToken cancellationToken)
        => GrainFactory.GetGrain<IProbeGrain>(probeKey).WaitForCancellation(cancellationToken);

    public async Task<string> TrySlow(string probeKey, string name)
    {
        try
        {
            await GrainFactory.GetGrain<IProbeGrain>(probeKey).Slow(name);
            return "";
        }
        catch (TimeoutException exception)
        {
            return exception.GetType().Name;
        }
    }

    public async Task FailInItsOwnWay(string message)
    {
        await Task.Yield();
        throw new ChainException(message);
    }

    public Task FailThrough(string otherKey, string message) => Other(otherKey).FailInItsOwnWay(message);

    public Task<SealedNumbers> Echo(SealedNumbers numbers) => Task.FromResult(numbers);

    private IChainGrain Other(string key) => GrainFactory.GetGrain<IChainGrain>(key);
}
