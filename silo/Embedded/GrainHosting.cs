using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded;
using OrleansChat.Gateway.Hosting;
using OrleansChat.Grains;
using OrleansChat.Identifiers;
using OrleansChat.Storage;

namespace OrleansChat.Silo;

/// <summary>Hosts the grains on the embedded host.</summary>
internal static class GrainHosting
{
    /// <exception cref="ConfigurationException">The settings ask for a cluster.</exception>
    public static HostKind KindOf(ChatOptions options) => options.IsClustered
        ? throw new ConfigurationException("The embedded host is one process alone: --cluster-address needs the build for Orleans.")
        : HostKind.Embedded;

    public static void AddGrains(WebApplicationBuilder builder, ChatOptions options)
    {
        builder.Services.AddKeyedSingleton<IGrainStateStore, GrainStateStore>(GrainKeys.StorageName);
        builder.Services.AddEmbeddedSilo(silo =>
        {
            silo.GrainAssemblies.Add(typeof(UserGrain).Assembly);
            silo.CollectionAge = options.GrainIdleTimeout;
            silo.CollectionInterval = options.GrainCollectionInterval;
        });
    }

    /// <summary>The grain storage table, as the embedded host asks for it.</summary>
    private sealed class GrainStateStore(IGrainStateTable table) : IGrainStateStore
    {
        public async Task<StoredGrainState?> ReadAsync(string stateName, string grainKey, CancellationToken cancellationToken) =>
            await table.ReadAsync(stateName, grainKey, cancellationToken) is { } stored ? new StoredGrainState(stored.Payload, stored.Version) : null;

        public Task<int?> WriteAsync(string stateName, string grainKey, byte[] payload, int? expectedVersion, CancellationToken cancellationToken) =>
            table.WriteAsync(stateName, grainKey, payload, expectedVersion, cancellationToken);

        public Task<bool> DeleteAsync(string stateName, string grainKey, int expectedVersion, CancellationToken cancellationToken) =>
            table.DeleteAsync(stateName, grainKey, expectedVersion, cancellationToken);
    }
}
