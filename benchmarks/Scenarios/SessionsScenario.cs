using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>The memory still in use after many sessions were used, their clients have left and their grains were collected.</summary>
internal sealed class SessionsScenario : IScenario
{
    private const int Users = 100_000, Connections = 32;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60), Settling = TimeSpan.FromSeconds(150);

    public string Name => "sessions";

    public string Summary => $"{Users:N0} users each use one session, over {Connections} connections, "
        + "which then close; the memory after all idle grains were collected.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        progress($"{Name}: adding {Users:N0} users ...");
        var tokens = await database.AddSessionsAsync(Users, cancellationToken);
        List<double> started = [], active = [], collected = [];
        var uses = new List<Round>();
        for (var i = 1; i <= options.Rounds; i++)
        {
            await using var silo = await ServerProcess.StartSiloAsync(
                options, database.ConnectionString, cancellationToken, "--grain-idle-timeout", $"{Idle:c}");
            started.Add(Mebibytes(silo));
            var rings = tokens.Chunk(Users / Connections)
                .Select(some => new RequestRing([.. some.Select(token => $"inbox {token}\r\n")], depth: 1, isEndless: false));
            using (var loop = await ClosedLoop.ConnectAsync(silo.EndPoint, rings, depth: 1, cancellationToken, ReplyPattern.Ok))
                uses.Add(await loop.RunToEndAsync(new CpuMeter([silo.Id], database.PostmasterId), cancellationToken));
            active.Add(Mebibytes(silo));
            await Task.Delay(Settling, cancellationToken);
            collected.Add(Mebibytes(silo));
            progress($"{Name}, round {i} of {options.Rounds}: {uses[^1].Rate:N0} used per second; "
                + $"{started[^1]:N0} MiB at the start, {active[^1]:N0} after use, {collected[^1]:N0} when collected");
        }
        return
        [
            new Result(Name, $"{Users:N0} sessions, resident memory",
                [Measure.Of("at the start", "MiB", started), Measure.Of("after use", "MiB", active),
                 Measure.Of("grains collected", "MiB", collected)]),
            new Result($"{Name} used", "by token, on a session not in memory", Round.Summarize(uses)),
        ];
    }

    private static double Mebibytes(ServerProcess silo) => silo.ResidentBytes / (1024.0 * 1024);
}
