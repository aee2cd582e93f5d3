using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansChat.Identifiers;
using OrleansChat.Storage;

namespace OrleansChat.Silo;

/// <summary>Hosts the grains on Orleans.</summary>
internal static class GrainHosting
{
    /// <summary>A call fails after this time: longer than a database command may take, so that a grain still answers.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A grain with more calls waiting refuses further ones, so that memory is bounded.</summary>
    private const int MaxWaitingCalls = 10_000;

    public static HostKind Kind => HostKind.Orleans;

    public static void AddGrains(WebApplicationBuilder builder)
    {
        builder.UseOrleans(silo =>
        {
            // One silo alone: it is its own membership, and nobody else connects to it.
            var siloPort = FreePort();
            silo.UseLocalhostClustering(siloPort, gatewayPort: 0, primarySiloEndpoint: new IPEndPoint(IPAddress.Loopback, siloPort),
                serviceId: StorageNames.ServiceId, clusterId: StorageNames.ServiceId);
            // Its port would let every user of this machine call grains.
            silo.Configure<SiloConnectionOptions>(connections => connections.ConfigureSiloInboundConnection(inbound =>
                inbound.Use(_ => connection =>
                {
                    connection.Abort();
                    return Task.CompletedTask;
                })));
            silo.Configure<SiloMessagingOptions>(messaging =>
            {
                messaging.ResponseTimeout = ResponseTimeout;
                messaging.SystemResponseTimeout = ResponseTimeout;
            });
            silo.UseSystemTextJsonGrainStorageSerializer();
            silo.AddAdoNetGrainStorage(GrainKeys.StorageName, storage => storage.Configure<Database>((options, database) =>
            {
                options.Invariant = "Npgsql";
                options.DataSource = database.DataSource;
                options.DeleteStateOnClear = true;
            }));
        });
        builder.Services.Configure<SiloMessagingOptions>(messaging => messaging.MaxEnqueuedRequestsHardLimit = MaxWaitingCalls);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
