using System.Net;

namespace OrleansChat.Bench.Servers;

/// <summary>Silos and their gateway on this machine, one process each.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromMinutes(1);

    private readonly List<ServerProcess> _silos;
    private ServerProcess? _gateway;

    private Cluster(IEnumerable<ServerProcess> silos) => _silos = [.. silos];

    /// <summary>The address on which the gateway listens.</summary>
    public IPEndPoint EndPoint => _gateway!.EndPoint;

    /// <summary>The process IDs of silos and gateway.</summary>
    public IReadOnlyList<int> Ids => [_gateway!.Id, .. _silos.Select(silo => silo.Id)];

    /// <summary>Starts a cluster, and waits until it is complete.</summary>
    public static async Task<Cluster> StartAsync(
        BenchOptions options, BenchDatabase database, int silos, CancellationToken cancellationToken)
    {
        var cluster = new Cluster(Enumerable.Range(0, silos).Select(_ => ServerProcess.StartMember(options, database.ConnectionString)));
        try
        {
            await database.WaitForSilosAsync(silos, cancellationToken).WaitAsync(JoinTimeout, cancellationToken);
            cluster._gateway = await ServerProcess.StartGatewayAsync(options, database.ConnectionString, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        await Task.WhenAll(_silos.Select(silo => silo.DisposeAsync().AsTask()));
    }
}
