using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using OrleansChat.Gateway.Hosting;
using OrleansChat.Identifiers;
using OrleansChat.Storage;

namespace OrleansChat.Silo;

/// <summary>Makes a silo a member of the cluster on its database.</summary>
/// <remarks>
/// Why these times: a killed silo is declared dead after three missed probes, about as many seconds; clients wait for that
/// at most. A silo that was paused for longer finds itself declared dead when it wakes up, and ends its process.
/// </remarks>
internal static class ClusterMember
{
    /// <summary>Silos ask each other for a sign of life so often, and wait so long for it.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>A silo that hears of no change by gossip reads the membership table so often.</summary>
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Each silo writes that it lives so often. Rows that were not renewed three times over do not hold up a start: after a
    /// crash of the whole cluster it waits for 15 seconds at most, where the default would be 90.
    /// </summary>
    private static readonly TimeSpan AliveWrite = TimeSpan.FromSeconds(5);

    /// <summary>Rows of silos that ended are deleted after this time.</summary>
    private static readonly TimeSpan ForgetEnded = TimeSpan.FromHours(1);

    /// <exception cref="ConfigurationException">The address is not known.</exception>
    public static void Configure(ISiloBuilder silo, ChatOptions options)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = (ClusterNames.ServiceId, ClusterNames.ClusterId));
        silo.ConfigureEndpoints(Resolve(options.ClusterAddress), options.SiloPort, options.GatewayPort);
        silo.UseAdoNetClustering(clustering => clustering.Configure<Database>((settings, database) =>
        {
            settings.Invariant = "Npgsql";
            settings.DataSource = database.DataSource;
        }));
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = ProbeTimeout;
            membership.TableRefreshTimeout = TableRefresh;
            membership.IAmAliveTablePublishTimeout = AliveWrite;
            membership.DefunctSiloExpiration = ForgetEnded;
        });
    }

    private static IPAddress Resolve(string address)
    {
        try
        {
            return Dns.GetHostAddresses(address) is [var first, ..] ? first : throw Unknown(null);
        }
        catch (SocketException e)
        {
            throw Unknown(e);
        }

        ConfigurationException Unknown(Exception? reason) =>
            new($"'{address}' is not known here: --cluster-address takes an IP address or a host name that other machines know this one by.", reason!);
    }
}
