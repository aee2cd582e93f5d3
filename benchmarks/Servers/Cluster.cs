using System.Net;

namespace OrleansChat.Bench.Servers;

/// <summary>Silos and a gateway to them, each a process of its own on this machine.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromMinutes(1);

    private readonly List<ServerProcess> _silos;
    private ServerProcess? _gateway;

    private Cluster(IEnumerable<ServerProcess> silos) => _silos = [.. silos];

    /// <summary>Where the gateway listens.</summary>
    public IPEndPoint EndPoint => _gateway!.EndPoint;

    /// <summary>All its processes.</summary>
    public IReadOnlyList<int> Ids => [_gateway!.Id, .. _silos.Select(silo => silo.Id)];

    /// <summary>Starts one, and waits until all of it is there.</summary>
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        await Task.WhenAll(_silos.Select(silo => silo.DisposeAsync().AsTask()));
    }
}
