using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using OrleansChat.Hosting.Settings;
using OrleansChat.Identifiers;
using OrleansChat.Silo.Settings;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Silo;

/// <summary>Makes a silo a member of the cluster on its database.</summary>
/// <remarks>
/// With these times, the others declare a killed silo dead after three missed probes, about three seconds; a silo that freezes
/// or vanishes with its machine, whose connections stay open, after about six. A silo that was paused for longer finds itself
/// declared dead when it wakes up, and ends its process.
/// </remarks>
internal static class ClusterMember
{
    /// <summary>How often silos probe each other, and how long they wait for the answer.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>A slow network no longer excuses a silo that has been silent for three times this long.</summary>
    private static readonly TimeSpan MaxProbeTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How often a silo reads the membership table when gossip brings no change.</summary>
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often each silo writes that it is alive. Rows that missed three writes do not hold up a start: after a crash of the
    /// whole cluster, it waits 15 seconds at most, where the default would be 90.
    /// </summary>
    private static readonly TimeSpan AliveWrite = TimeSpan.FromSeconds(5);

    /// <summary>How long the rows of ended silos stay in the membership table.</summary>
    private static readonly TimeSpan ForgetEnded = TimeSpan.FromHours(1);

    /// <exception cref="ConfigurationException">The address is not known, or cannot be listened on.</exception>
    public static void Configure(ISiloBuilder silo, MemberOptions options)
    {
        silo.Configure<ClusterOptions>(cluster =>
            (cluster.ServiceId, cluster.ClusterId) = (ClusterNames.ServiceId, ClusterNames.ClusterId));
        var address = Resolve(options.Address);
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
            // Reported below.
        }
        // A machine's own name may resolve to its loopback address, which no other machine can reach.
        return known.FirstOrDefault(candidate => !IPAddress.IsLoopback(candidate)) ?? throw new ConfigurationException(
            $"'{address}' is not a name by which others can reach this machine: give --cluster-address such a name, or an IP address.");
    }
}
