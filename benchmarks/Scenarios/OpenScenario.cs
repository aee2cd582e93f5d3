using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>The latency of a send when the load does not wait for the service: at fixed shares of the maximum rate.</summary>
internal sealed class OpenScenario : IScenario
{
    private const int Connections = 256, Recipients = 100;
    private static readonly double[] Shares = [0.25, 0.5, 0.75];
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public string Name => "open";

    public string Summary =>
        "Sends at fixed rates: a quarter, half and three quarters of what a closed loop gets; latencies from the intended start.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        var tokens = await database.AddSessionsAsync(Connections, cancellationToken);
        string[] recipients = [.. (await database.AddUsersAsync("recipient", Recipients, cancellationToken)).Select(user => user.Name)];
        await using var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
        var meter = new CpuMeter([silo.Id], database.PostmasterId);
        IEnumerable<RequestRing> Rings() => tokens.Select((token, index) => RequestRing.OfSends(token, recipients, first: index, depth: 1));

        var most = new List<Round>();
        using (var closed = await ClosedLoop.ConnectAsync(silo.EndPoint, Rings(), depth: 1, cancellationToken))
        {
            await closed.RunAsync(options.WarmUp, Settling, meter, cancellationToken);
            for (var i = 0; i < options.Rounds; i++) most.Add(await closed.RunAsync(Settling, options.Measured, meter, cancellationToken));
        }
        var rate = Measure.Of("answered", "1/s", most.Select(round => round.Rate)).Median;
        progress($"{Name}: a closed loop of {Connections} connections gets {rate:N0}/s");
        var results = new List<Result> { new(Name, $"closed loop, {Connections} connections", Round.Summarize(most)) };
        using var open = await OpenLoop.ConnectAsync(silo.EndPoint, Rings(), cancellationToken);
        foreach (var share in Shares)
        {
            var rounds = new List<Round>();
            for (var i = 1; i <= options.Rounds; i++)
            {
                rounds.Add(await open.RunAsync(rate * share, Settling, options.Measured, meter, cancellationToken));
                progress($"{Name}, {rate * share:N0}/s, round {i} of {options.Rounds}: "
                    + $"p99 {rounds[^1].Latencies.GetValueAtPercentile(99) / 1000.0:N1} ms");
            }
            results.Add(new Result(Name, $"{share:P0} of it", Round.Summarize(rounds)));
        }
        return results;
    }
}
