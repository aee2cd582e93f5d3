using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains.Push;
using OrleansChat.Hosting;
using OrleansChat.Identifiers;
using OrleansChat.Silo.Settings;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Silo;

/// <summary>Hosts the grains on Orleans.</summary>
internal static class GrainHosting
{
    /// <summary>A grain with more waiting calls refuses further ones, so that memory stays bounded.</summary>
    private const int MaxWaitingCalls = 10_000;

    public static HostKind KindOf(MemberOptions cluster) => cluster.IsMember ? HostKind.Cluster : HostKind.Alone;

    public static void AddGrains(WebApplicationBuilder builder, ChatOptions options)
    {
        builder.Services.AddSingleton<IGrainInterfaceTypeProvider, InterfaceTypes>();
        // Before the silo itself: no grain may write what SQL cannot read.
        builder.Services.AddHostedService<StorageFormatCheck>();
        builder.Services.AddFailureMessages();
        builder.Services.AddPush();
        builder.UseOrleans(silo =>
        {
            if (options.Cluster.IsMember) ClusterMember.Configure(silo, options.Cluster);
            else StandAlone(silo);
            silo.Configure<SiloMessagingOptions>(messaging =>
            {
                messaging.ResponseTimeout = CallTimeouts.Response;
                messaging.SystemResponseTimeout = CallTimeouts.Response;
                messaging.MaxEnqueuedRequestsHardLimit = MaxWaitingCalls;
            });
            silo.Configure<GrainCollectionOptions>(collection =>
            {
                collection.CollectionAge = options.Grains.IdleTimeout;
                collection.CollectionQuantum = options.Grains.CollectionInterval;
            });
            silo.UseSystemTextJsonGrainStorageSerializer();
            silo.AddAdoNetGrainStorage(GrainKeys.StorageName, storage => storage.Configure<Database>((settings, database) =>
            {
                settings.Invariant = "Npgsql";
                settings.DataSource = database.DataSource;
                settings.DeleteStateOnClear = true;
            }));
        });
    }

    /// <summary>Configures a silo that is its own cluster, to which nothing else connects.</summary>
    private static void StandAlone(ISiloBuilder silo)
    {
        var siloPort = FreePort();
        silo.UseLocalhostClustering(siloPort, gatewayPort: 0, primarySiloEndpoint: new IPEndPoint(IPAddress.Loopback, siloPort),
            serviceId: ClusterNames.ServiceId, clusterId: ClusterNames.ClusterId);
        // Without this, its port would let every user of this machine call grains.
        silo.Configure<SiloConnectionOptions>(connections => connections.ConfigureSiloInboundConnection(inbound =>
            inbound.Use(_ => connection =>
            {
                connection.Abort();
                return Task.CompletedTask;
            })));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
