using System.Net;
using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Scenarios;

/// <summary>Runs a load with each requested number of connections and depth of the pipeline.</summary>
internal static class Cases
{
    /// <summary>The name of such a load in the tables.</summary>
    public static string NameOf(int connections, int depth) =>
        (connections == 1 ? "1 connection" : $"{connections} connections") + (depth == 1 ? "" : $", pipeline {depth}");

    /// <summary>Measures all cases.</summary>
    /// <param name="scenario">The scenario's name.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="server">The server's address.</param>
    /// <param name="meter">Reads the CPU times.</param>
    /// <param name="ring">Makes the requests of a connection from its index and the pipeline's depth.</param>
    /// <param name="progress">Called with a line after each round.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    public static async Task<IReadOnlyList<Result>> RunAsync(
        string scenario, BenchOptions options, EndPoint server, CpuMeter meter, Func<int, int, RequestRing> ring,
        Action<string> progress, CancellationToken cancellationToken)
    {
        var results = new List<Result>();
        foreach (var depth in options.Pipeline)
        {
            foreach (var connections in options.Connections)
            {
                var name = NameOf(connections, depth);
                var rings = Enumerable.Range(0, connections).Select(index => ring(index, depth));
                using var loop = await ClosedLoop.ConnectAsync(server, rings, depth, cancellationToken);
                var rounds = new List<Round>();
                while (rounds.Count < options.Rounds)
                {
                    var warmUp = rounds.Count == 0 ? options.WarmUp : TimeSpan.Zero;
                    rounds.Add(await loop.RunAsync(warmUp, options.Measured, meter, cancellationToken));
                    progress($"{scenario}, {name}, round {rounds.Count} of {options.Rounds}: {rounds[^1].Rate:N0}/s");
                }
                results.Add(new Result(scenario, name, Round.Summarize(rounds, meter.HasPostgres)));
            }
        }
        return results;
    }
}
