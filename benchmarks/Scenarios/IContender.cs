using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Scenarios;

/// <summary>Something that is measured beside others, in turn, so that whatever changes with time changes for all.</summary>
internal interface IContender : IDisposable
{
    /// <summary>For the table.</summary>
    string Name { get; }

    /// <summary>Loads it, and measures the time behind the warm-up.</summary>
    Task<Round> RunAsync(TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken);
}

/// <summary>A server under a closed loop of connections.</summary>
internal sealed class ServerContender(string name, ClosedLoop loop, CpuMeter meter) : IContender
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public Task<Round> RunAsync(TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken) =>
        loop.RunAsync(warmUp, measured, meter, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => loop.Dispose();
}
