using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using OrleansChat.Verification.Simulation.Host;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>The simulation's host.</summary>
public sealed class HostUnderTest : IHostUnderTest, IAsyncLifetime
{
    private readonly IHost _host;

    public HostUnderTest()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSimulatedSilo(options =>
        {
            options.GrainAssemblies.Add(typeof(HostUnderTest).Assembly);
            options.ClockPeriod = TimeSpan.FromMilliseconds(50);
        });
        builder.Services.AddKeyedSingleton<IGrainStateStore>("memory", new MemoryStateStore(States));
        _host = builder.Build();
    }

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public MemoryStates States { get; } = new();

    public Task InitializeAsync() => _host.StartAsync();

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    public Task CollectUnused()
    {
        _host.Services.GetRequiredService<SimulatedSilo>().CollectUnusedSince(long.MaxValue);
        return Task.CompletedTask;
    }
}

internal sealed class MemoryStateStore(MemoryStates states) : IGrainStateStore
{
    public async Task<StoredGrainState?> ReadAsync(string stateName, string grainKey, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return states.Read(stateName, grainKey) is { } row ? new StoredGrainState(row.Payload, row.Version) : null;
    }

    public async Task<int?> WriteAsync(
        string stateName, string grainKey, byte[] payload, int? expectedVersion, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return states.Write(stateName, grainKey, payload, expectedVersion);
    }

    public async Task<bool> DeleteAsync(string stateName, string grainKey, int expectedVersion, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return states.Delete(stateName, grainKey, expectedVersion);
    }
}
