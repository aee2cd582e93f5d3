using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using OrleansChat.Hosting.Settings;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Silo;

/// <summary>Makes a silo a member of the cluster on its database.</summary>
/// <remarks>
/// Why these times: a silo that was killed is declared dead after three missed probes, about as many seconds; one that
/// freezes or vanishes with its machine, whose connections stay open, after some six. A silo that was paused for longer
/// finds itself declared dead when it wakes up, and ends its process.
/// </remarks>
internal static class ClusterMember
{
    /// <summary>Silos ask each other for a sign of life so often, and wait so long for it.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>A silo that was heard of three times as long ago as this is not given the benefit of a slow network any more.</summary>
    private static readonly TimeSpan MaxProbeTimeout = TimeSpan.FromSeconds(2);

    /// <summary>A silo that hears of no change by gossip reads the membership table so often.</summary>
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Each silo writes that it lives so often. Rows that were not renewed three times over do not hold up a start: after a
    /// crash of the whole cluster it waits for 15 seconds at most, where the default would be 90.
    /// </summary>
    private static readonly TimeSpan AliveWrite = TimeSpan.FromSeconds(5);

    /// <summary>Rows of silos that ended are deleted after this time.</summary>
    private static readonly TimeSpan ForgetEnded = TimeSpan.FromHours(1);

    /// <exception cref="ConfigurationException">The address is not known, or cannot be listened on.</exception>
    public static void Configure(ISiloBuilder silo, ChatOptions options)
    {
        silo.Configure<ClusterOptions>(cluster =>
            (cluster.ServiceId, cluster.ClusterId) = (ClusterNames.ServiceId, ClusterNames.ClusterId));
        var address = Resolve(options.ClusterAddress);
        ListenAddress.Require(new IPEndPoint(address, options.SiloPort));
        ListenAddress.Require(new IPEndPoint(address, options.GatewayPort));
        silo.ConfigureEndpoints(address, options.SiloPort, options.GatewayPort);
        silo.UseAdoNetClustering(clustering => clustering.Configure<Database>((settings, database) =>
        {
            settings.Invariant = "Npgsql";
            settings.DataSource = database.DataSource;
        }));
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = ProbeTimeout;
            membership.MaxProbeTimeout = MaxProbeTimeout;
            membership.TableRefreshTimeout = TableRefresh;
            membership.IAmAliveTablePublishTimeout = AliveWrite;
            membership.DefunctSiloExpiration = ForgetEnded;
        });
    }

    private static IPAddress Resolve(string address)
    {
        if (IPAddress.TryParse(address, out var literal)) return literal;
        IPAddress[] known = [];
        try
        {
            known = Dns.GetHostAddresses(address);
        }
        catch (SocketException)
        {
            // Said below.
        }
        // A machine's own name may stand for its loopback address, where nobody else finds it.
        return known.FirstOrDefault(candidate => !IPAddress.IsLoopback(candidate)) ?? throw new ConfigurationException(
            $"'{address}' is no name that others know this machine by: --cluster-address takes such a name, or an IP address.");
    }
}
