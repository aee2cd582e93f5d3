using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using OrleansChat.Gateway;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Hosting;
using OrleansChat.Hosting.Settings;
using OrleansChat.Identifiers;

namespace OrleansChat.GatewayProgram;

/// <summary>Builds the gateway program: a gateway in its own process, as an external client of the cluster on a database.</summary>
public static partial class GatewayHost
{
    /// <summary>How often the list of silos is read: within this time a new silo gets calls, and a dead one gets none.</summary>
    private static readonly TimeSpan SiloListRefresh = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ConnectRetry = TimeSpan.FromSeconds(1);

    /// <summary>Builds the gateway from the arguments, the environment and appsettings.json.</summary>
    /// <param name="args">The program's command line.</param>
    /// <param name="configure">Called last, so that a program based on this gateway can replace services.</param>
    /// <exception cref="ConfigurationException">A setting is missing or wrong.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var (builder, options) = ChatProgram.CreateBuilder<GatewayProgramOptions>(args);
        // Here a name that Npgsql does not know ends the program; later it would be one more reason to wait.
        _ = new NpgsqlConnectionStringBuilder(options.Database.ConnectionString);
        // Opened when silos are found, which may be long after. The shared one others have, too.
        foreach (var endPoint in options.Gateway.EndPoints.Where(e => !e.Equals(options.Gateway.SharedListenEndPoint)))
            ListenAddress.Require(endPoint);

        builder.Services.AddLimits(options.Gateway);
        WebApplication app = null!;
        var waitsFor = "";
        builder.Services.AddSingleton<IGrainInterfaceTypeProvider, InterfaceTypes>();
        builder.Services.AddFailureMessages();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster =>
                (cluster.ServiceId, cluster.ClusterId) = (ClusterNames.ServiceId, ClusterNames.ClusterId));
            client.UseAdoNetClustering(clustering =>
                (clustering.Invariant, clustering.ConnectionString) = ("Npgsql", options.Database.ConnectionString));
            client.Configure<GatewayOptions>(silos => silos.GatewayListRefreshPeriod = SiloListRefresh);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = CallTimeouts.Response);
            client.UseConnectionRetryFilter(WaitForSilos);
        });
        // Orleans looks up the silos by the same connection string, and so on the same connection.
        builder.Services.AddClockWatch(_ => new NpgsqlConnection(options.Database.ConnectionString));
        builder.AddGateway(options.Gateway);
        configure?.Invoke(builder.Services);
        app = builder.Build();
        app.MapGateway(options.Gateway);
        app.LogListening("gateway");
        return app;

        // Until a silo is found the port is closed, so that a load balancer uses another gateway. A database that refuses this program
        // permanently ends it.
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

    [LoggerMessage(2501, LogLevel.Warning, "No silo can be reached; serving no clients yet, and trying again every second. {Reason}")]
    private static partial void LogWaits(ILogger logger, string reason);
}
