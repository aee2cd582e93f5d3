using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>What a message costs when the grains are spread over several silos: the CPU times of all processes count.</summary>
internal sealed class ClusterScenario : IScenario
{
    private const int Recipients = 100;

    public string Name => "cluster";

    public string Summary => "The same sends through a gateway to clusters of silos, one process each.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        var results = new List<Result>();
        foreach (var count in options.Silos)
            results.AddRange(await RunAsync(count, options, progress, cancellationToken));
        return results;
    }

    private async Task<IEnumerable<Result>> RunAsync(
        int count, BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        var tokens = await database.AddSessionsAsync(options.Connections.Max(), cancellationToken);
        string[] recipients = [.. (await database.AddUsersAsync("recipient", Recipients, cancellationToken)).Select(user => user.Name)];
        await using var cluster = await Cluster.StartAsync(options, database, count, cancellationToken);
        var meter = new CpuMeter([.. cluster.Ids], database.PostmasterId);
        var results = await Cases.RunAsync(Name, options, cluster.EndPoint, meter,
            (index, depth) => RequestRing.OfSends(tokens[index], recipients, first: index, depth), progress, cancellationToken);
        return results.Select(result => result with { Case = $"{count} {(count == 1 ? "silo" : "silos")}, {result.Case}" });
    }
}
