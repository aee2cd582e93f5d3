using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>One Orleans silo, called as by a gateway in the same process.</summary>
public sealed class HostUnderTest : IHostUnderTest, IAsyncLifetime
{
    private readonly InProcessTestCluster _cluster;

    public HostUnderTest()
    {
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSystemTextJsonGrainStorageSerializer();
            silo.Services.AddKeyedSingleton<IGrainStorage>(
                "memory", (services, _) => new MemoryGrainStorage(States, services.GetRequiredService<IGrainStorageSerializer>()));
        });
        _cluster = builder.Build();
    }

    public IGrainFactory Grains => _cluster.GetSiloServiceProvider().GetRequiredService<IGrainFactory>();

    public MemoryStates States { get; } = new();

    public Task InitializeAsync() => _cluster.DeployAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    public Task CollectUnused() => Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
}

/// <summary>Behaves as the AdoNet storage with deletion on clear.</summary>
internal sealed class MemoryGrainStorage(MemoryStates states, IGrainStorageSerializer serializer) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        var row = states.Read(stateName, grainId.Key.ToString()!);
        grainState.State = row is null ? Activator.CreateInstance<T>() : serializer.Deserialize<T>(new BinaryData(row.Value.Payload));
        grainState.ETag = row?.Version.ToString(CultureInfo.InvariantCulture)!;
        grainState.RecordExists = row is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        var payload = serializer.Serialize(grainState.State).ToArray();
        var version = states.Write(stateName, grainId.Key.ToString()!, payload, Version(grainState))
            ?? throw new InconsistentStateException("Another writer was first.", "?", grainState.ETag);
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        if (Version(grainState) is { } version && !states.Delete(stateName, grainId.Key.ToString()!, version))
            throw new InconsistentStateException("Another writer was first.", "?", grainState.ETag);
        grainState.ETag = null!;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    private static int? Version<T>(IGrainState<T> state)
        => string.IsNullOrEmpty(state.ETag) ? null : int.Parse(state.ETag, CultureInfo.InvariantCulture);
}
