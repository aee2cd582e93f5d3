using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>How long a start takes: from the start of the program to its first reply, which needs a grain and the database.</summary>
internal sealed class StartScenario : IScenario
{
    public string Name => "start";

    public string Summary => "From the start of the silo's program to its first reply, on a database that it has seen before.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        List<double> times = [], used = [];
        // The first start reads the program from the disk, and does not count.
        for (var i = 0; i <= options.Rounds; i++)
        {
            await using var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
            if (i == 0) continue;
            times.Add(silo.StartTime.TotalMilliseconds);
            used.Add(1000 * new CpuMeter([silo.Id], database.PostmasterId).Read().Server);
            progress($"start, round {i} of {options.Rounds}: {times[^1]:N0} ms");
        }
        return [new Result(Name, "to the first reply", [Measure.Of("time", "ms", times), Measure.Of("CPU server", "ms", used)])];
    }
}
