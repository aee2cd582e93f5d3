using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using OrleansChat.Gateway.Hosting;
using OrleansChat.Identifiers;
using OrleansGatewayOptions = Orleans.Configuration.GatewayOptions;
using OurGatewayOptions = OrleansChat.Gateway.Hosting.GatewayOptions;

namespace OrleansChat.Gateway;

/// <summary>A gateway in a process of its own: an external client of the cluster on a database.</summary>
public static class GatewayHost
{
    /// <summary>A new silo gets its share of this gateway's calls, and a dead one is forgotten, within this time.</summary>
    private static readonly TimeSpan SiloListRefresh = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ConnectRetry = TimeSpan.FromSeconds(1);

    /// <summary>Builds the gateway from the arguments, the environment and appsettings.json.</summary>
    /// <exception cref="ConfigurationException">A setting is missing or wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddSources<OurGatewayOptions>(args);
        var options = ChatConfiguration.Read<OurGatewayOptions>(builder.Configuration);
        options.Check();
        if (options.ListenEndPoint is null) throw new ConfigurationException("A gateway listens: give --listen ADDRESS:PORT.");

        builder.Logging.AddSimpleConsole(console => console.TimestampFormat = "HH:mm:ss ");
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IGrainInterfaceTypeProvider, InterfaceTypes>();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = (ClusterNames.ServiceId, ClusterNames.ClusterId));
            client.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = ("Npgsql", options.ConnectionString));
            client.Configure<OrleansGatewayOptions>(silos => silos.GatewayListRefreshPeriod = SiloListRefresh);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = CallTimeouts.Response);
            client.UseConnectionRetryFilter(WaitForSilos);
        });
        builder.AddGateway(options);
        var app = builder.Build();
        app.LogListening("gateway");
        return app;

        // Clients find a closed port until then, and a load balancer another gateway.
        async Task<bool> WaitForSilos(Exception reason, CancellationToken cancellationToken)
        {
            await Task.Delay(ConnectRetry, cancellationToken);
            return true;
        }
    }
}
