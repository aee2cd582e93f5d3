using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.GrainDirectory;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;
using OrleansChat.Grains;
using OrleansChat.Grains.Push;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>
/// Silos with the service's grains in this process, each with a pool and a mailbox writer of its own, on one database.
/// The grains' clock, and that of their timers, is in the test's hand; what Orleans itself does goes by the real one.
/// </summary>
public sealed class ChatCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly List<InProcessSiloHandle> _silos = [];

    private ChatCluster(string database, TimeProvider time, short silos, AccountLimits? limits, Action<IServiceCollection>? replace)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ServiceId = StorageNames.ServiceId;
        builder.Options.InitializeClientOnDeploy = false;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(time);
            foreach (var area in new[]
            {
                TimeProviderNames.Messaging, TimeProviderNames.Membership, TimeProviderNames.SystemTimers,
                TimeProviderNames.ActivationManagement, TimeProviderNames.GrainDirectory,
            })
                silo.Services.AddKeyedSingleton(area, TimeProvider.System);
            silo.Configure<ClusterMembershipOptions>(membership => membership.ProbeTimeout = TimeSpan.FromSeconds(1));
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
            silo.Services.AddChatStorage(new StorageOptions { ConnectionString = database, Host = HostKind.Cluster });
            replace?.Invoke(silo.Services);
            silo.Services.AddSingleton(_ => new Passwords(ChatUsers.Iterations));
            silo.Services.AddSingleton<LimitMetrics>();
            silo.Services.AddPush();
            silo.Services.AddSingleton(Options.Create(limits ?? AccountLimits.None));
            silo.UseSystemTextJsonGrainStorageSerializer();
            silo.AddAdoNetGrainStorage(GrainKeys.StorageName, storage => storage.Configure<Database>((options, source) =>
            {
                options.Invariant = "Npgsql";
                options.DataSource = source.DataSource;
                options.DeleteStateOnClear = true;
            }));
        });
        builder.ConfigureSiloHost((_, host) => host.ConfigureContainer(new DefaultServiceProviderFactory(), UseDirectoryOfProduct));
        _cluster = builder.Build();
    }

    /// <summary>Starts a cluster with an id of its own.</summary>
    public static async Task<ChatCluster> StartAsync(
        string database, TimeProvider? time = null, short silos = 3, AccountLimits? limits = null,
        Action<IServiceCollection>? replace = null)
    {
        var cluster = new ChatCluster(database, time ?? new FakeTimeProvider(DateTimeOffset.UtcNow), silos, limits, replace);
        await cluster._cluster.DeployAsync();
        cluster._silos.AddRange(cluster._cluster.Silos);
        foreach (var silo in cluster._silos) await KnowsAllAsync(silo.ServiceProvider, silos).InTime();
        return cluster;
    }

    /// <summary>Until a silo can place grains on all of them: before that it places them on those that it knows.</summary>
    private static async Task KnowsAllAsync(IServiceProvider silo, int silos)
    {
        await foreach (var manifest in silo.GetRequiredService<IClusterManifestProvider>().Updates)
            if (manifest.Silos.Count == silos) break;
        await foreach (var members in silo.GetRequiredService<IClusterMembershipService>().MembershipUpdates)
            if (members.Members.Values.Count(member => member.Status == SiloStatus.Active) == silos) break;
    }

    /// <summary>References whose calls leave from one silo, as a gateway in its process makes them.</summary>
    internal TestGateway Through(int silo) =>
        new(ServicesOf(silo).GetRequiredService<IGrainFactory>(), ServicesOf(silo).GetRequiredService<TimeProvider>());

    /// <summary>What a silo is made of.</summary>
    public IServiceProvider ServicesOf(int silo) => _silos[silo].ServiceProvider;

    /// <summary>Makes a call; grains that it activates are placed on the silo.</summary>
    public async Task<T> Placed<T>(int silo, Func<Task<T>> call)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, _silos[silo].SiloAddress);
        return await call();
    }

    /// <summary>On which silo a grain is active.</summary>
    public async Task<int> WhereIs(IAddressable grain)
    {
        var asked = _silos.FindIndex(silo => silo.IsActive);
        var address = await ServicesOf(asked).GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        return _silos.FindIndex(silo => silo.SiloAddress.Equals(address));
    }

    /// <summary>Ends a silo without letting it finish anything or say goodbye.</summary>
    public Task Kill(int silo) => _cluster.KillSiloAsync(_silos[silo]);

    /// <summary>Stops a silo in order.</summary>
    public Task Stop(int silo) => _cluster.StopSiloAsync(_silos[silo]);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    /// <summary>The test cluster brings one table for all silos. The product has the directory that the silos keep between them.</summary>
    private static void UseDirectoryOfProduct(IServiceCollection services)
    {
        // Directories are found by named entries, of a type that is Orleans's own.
        var directories = services
            .Where(service => service.ServiceType.GenericTypeArguments is [var type] && type == typeof(IGrainDirectory)).ToList();
        foreach (var entry in directories) services.Remove(entry);
    }
}
