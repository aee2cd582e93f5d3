using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using OrleansChat.Gateway;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Hosting;
using OrleansChat.Hosting.Settings;
using OrleansChat.Identifiers;
using OrleansGatewayOptions = Orleans.Configuration.GatewayOptions;
using OurGatewayOptions = OrleansChat.Gateway.Options.GatewayOptions;

namespace OrleansChat.GatewayProgram;

/// <summary>A gateway in a process of its own: an external client of the cluster on a database.</summary>
public static partial class GatewayHost
{
    /// <summary>A new silo gets its share of this gateway's calls, and a dead one is forgotten, within this time.</summary>
    private static readonly TimeSpan SiloListRefresh = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ConnectRetry = TimeSpan.FromSeconds(1);

    /// <summary>Builds the gateway from the arguments, the environment and appsettings.json.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="configure">Called last: a program that is not quite this gateway replaces what it wants otherwise.</param>
    /// <exception cref="ConfigurationException">A setting is missing or wrong.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var (builder, options) = ChatProgram.CreateBuilder<OurGatewayOptions>(args);
        // Here a name that Npgsql does not know ends the program; later it would be one more reason to wait.
        _ = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        if (!options.EndPoints.Any()) throw new ConfigurationException("A gateway listens: give --listen or --tls-listen ADDRESS:PORT.");
        // Opened when silos are found, which may be long after. The shared one others have, too.
        foreach (var endPoint in options.EndPoints.Where(e => !e.Equals(options.SharedListenEndPoint))) ListenAddress.Require(endPoint);

        builder.Services.AddLimits(options);
        WebApplication app = null!;
        var waitsFor = "";
        builder.Services.AddSingleton<IGrainInterfaceTypeProvider, InterfaceTypes>();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster =>
                (cluster.ServiceId, cluster.ClusterId) = (ClusterNames.ServiceId, ClusterNames.ClusterId));
            client.UseAdoNetClustering(clustering =>
                (clustering.Invariant, clustering.ConnectionString) = ("Npgsql", options.ConnectionString));
            client.Configure<OrleansGatewayOptions>(silos => silos.GatewayListRefreshPeriod = SiloListRefresh);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = CallTimeouts.Response);
            client.UseConnectionRetryFilter(WaitForSilos);
        });
        // Orleans looks up the silos by the same connection string, and so on the same connection.
        builder.Services.AddClockWatch(_ => new NpgsqlConnection(options.ConnectionString));
        builder.AddGateway(options);
        configure?.Invoke(builder.Services);
        app = builder.Build();
        app.LogListening("gateway");
        return app;

        // Clients find a closed port until then, and a load balancer another gateway. A database that refuses this program for
        // good ends it.
        async Task<bool> WaitForSilos(Exception reason, CancellationToken cancellationToken)
        {
            var cause = reason.GetBaseException();
            if (cause is PostgresException
                {
                    SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification
                        or PostgresErrorCodes.InvalidCatalogName,
                })
                throw cause;
            if (cause.Message != waitsFor) LogWaits(app.Services.GetRequiredService<ILogger<IChatGrains>>(), waitsFor = cause.Message);
            await Task.Delay(ConnectRetry, cancellationToken);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "No silo can be reached yet, and no client is served; tried again each second. {Reason}")]
    private static partial void LogWaits(ILogger logger, string reason);
}
