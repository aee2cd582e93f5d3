using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Scenarios;

/// <summary>Something that is measured in turn with others, so that anything that changes with time changes for all of them.</summary>
internal interface IContender : IDisposable
{
    /// <summary>The name for the table.</summary>
    string Name { get; }

    /// <summary>Loads it, and measures the time after the warm-up.</summary>
    Task<Round> RunAsync(TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken);
}

/// <summary>A server under a closed loop of connections.</summary>
internal sealed class ServerContender(string name, ClosedLoop loop, CpuMeter meter) : IContender
{
    public string Name => name;

    public Task<Round> RunAsync(TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken) =>
        loop.RunAsync(warmUp, measured, meter, cancellationToken);

    public void Dispose() => loop.Dispose();
}
