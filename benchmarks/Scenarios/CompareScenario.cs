using System.Net;
using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>
/// The service and its upper limits: sends to one silo and to a cluster, the same lines to an echo, and the same rows written to
/// PostgreSQL directly, in interleaved rounds of one run.
/// </summary>
/// <remarks>If the options name another version, it compares the two versions instead.</remarks>
internal sealed class CompareScenario : IScenario
{
    /// <summary>The name on the command line.</summary>
    public const string Word = "compare";

    private const int Recipients = 100, BatchRows = 100, Silos = 2;
    private const string Echo = "echo", Batches = "PostgreSQL, batches of 100",
        Copies = "PostgreSQL, COPY of 100", Commits = "PostgreSQL, one row";

    /// <summary>How long a silo is loaded first: while it was quiet it collected its memory, see IdleMemory.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public string Name => Word;

    public string Summary =>
        "Sends to a silo and to a cluster, beside an echo and PostgreSQL alone, in interleaved rounds; with --against, to two versions.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        if (options.Against is { } against) return await new AgainstScenario(against).RunAsync(options, progress, cancellationToken);
        await using var echo = await EchoServer.StartAsync(cancellationToken);
        await using var ceiling = await BenchDatabase.CreateAsync(options, "ceiling", cancellationToken);
        var services = new List<Service>();
        try
        {
            await AddAsync("one silo", async database =>
            {
                var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
                return (silo, silo.EndPoint, [silo.Id]);
            });
            await AddAsync($"{Silos} silos and a gateway", async database =>
            {
                var cluster = await Cluster.StartAsync(options, database, Silos, cancellationToken);
                return (cluster, cluster.EndPoint, cluster.Ids);
            });
            var results = new List<Result>();
            foreach (var depth in options.Pipeline)
                foreach (var connections in options.Connections)
                    results.AddRange(await RunAsync(connections, depth));
            return results;
        }
        finally
        {
            foreach (var service in services)
            {
                await service.Server.DisposeAsync();
                await service.Database.DisposeAsync();
            }
        }

        async Task AddAsync(
            string name, Func<BenchDatabase, Task<(IAsyncDisposable Server, IPEndPoint EndPoint, IReadOnlyList<int> Ids)>> start)
        {
            var database = await BenchDatabase.CreateAsync(options, $"compare{services.Count}", cancellationToken);
            try
            {
                var tokens = await database.AddSessionsAsync(options.Connections.Max(), cancellationToken);
                await database.AddUsersAsync("recipient", Recipients, cancellationToken);
                var (server, endPoint, ids) = await start(database);
                services.Add(new Service(name, server, endPoint, new CpuMeter([.. ids], database.PostmasterId), database, tokens));
            }
            catch
            {
                await database.DisposeAsync();
                throw;
            }
        }

        async Task<IEnumerable<Result>> RunAsync(int connections, int depth)
        {
            string[] names = [.. Enumerable.Range(0, Recipients).Select(i => BenchUser.NameOf("recipient", i))];
            var name = Cases.NameOf(connections, depth);
            var contenders = new List<IContender>();
            try
            {
                contenders.Add(await ServeAsync(Echo, echo.EndPoint, new CpuMeter([echo.Id], null), _ => Guid.Empty.ToString()));
                var alone = new CpuMeter([], ceiling.PostmasterId);
                contenders.Add(await PostgresContender.CreateAsync(
                    Commits, ceiling.ConnectionString, 1, copies: false, alone, cancellationToken));
                contenders.Add(await PostgresContender.CreateAsync(
                    Batches, ceiling.ConnectionString, BatchRows, copies: false, alone, cancellationToken));
                contenders.Add(await PostgresContender.CreateAsync(
                    Copies, ceiling.ConnectionString, BatchRows, copies: true, alone, cancellationToken));
                foreach (var service in services)
                    contenders.Add(await ServeAsync(service.Name, service.EndPoint, service.Meter, index => service.Tokens[index]));
                return Summarize(name, await MeasureAsync(name, contenders));
            }
            finally
            {
                contenders.ForEach(contender => contender.Dispose());
            }

            async Task<IContender> ServeAsync(string contender, IPEndPoint server, CpuMeter meter, Func<int, string> token)
            {
                var rings = Enumerable.Range(0, connections).Select(index => RequestRing.OfSends(token(index), names, first: index, depth));
                return new ServerContender(contender, await ClosedLoop.ConnectAsync(server, rings, depth, cancellationToken), meter);
            }
        }

        async Task<Dictionary<string, List<Round>>> MeasureAsync(string name, List<IContender> contenders)
        {
            foreach (var contender in contenders) await contender.RunAsync(options.WarmUp, Settling, cancellationToken);
            var rounds = contenders.ToDictionary(contender => contender.Name, _ => new List<Round>());
            for (var i = 1; i <= options.Rounds; i++)
            {
                // Another contender begins each round, so that the work that one leaves to PostgreSQL affects all of them in turn.
                foreach (var contender in contenders.Skip(i % contenders.Count).Concat(contenders.Take(i % contenders.Count)))
                    rounds[contender.Name].Add(await contender.RunAsync(Settling, options.Measured, cancellationToken));
                progress($"{Name}, {name}, round {i} of {options.Rounds}: "
                    + $"{string.Join(", ", rounds.Select(c => $"{c.Key} {c.Value[^1].Rate:N0}/s"))}");
            }
            return rounds;
        }
    }

    private IEnumerable<Result> Summarize(string name, Dictionary<string, List<Round>> contenders) => contenders.Select(contender =>
    {
        var rounds = contender.Value;
        return new Result(Name, $"{name}: {contender.Key}",
        [
            .. Round.Summarize(rounds),
            Measure.Of("÷ echo", "rate", Ratio((i, round) => round.Rate / contenders[Echo][i].Rate)),
            Measure.Of("÷ batches", "rate", Ratio((i, round) => round.Rate / contenders[Batches][i].Rate)),
            Measure.Of("÷ commit and echo", "p50",
                Ratio((i, round) => Median(round) / (Median(contenders[Commits][i]) + Median(contenders[Echo][i])))),
        ]);

        IEnumerable<double> Ratio(Func<int, Round, double> of) => rounds.Select((round, i) => of(i, round));
    });

    private static double Median(Round round) => round.Latencies.GetValueAtPercentile(50);

    private sealed record Service(
        string Name, IAsyncDisposable Server, IPEndPoint EndPoint, CpuMeter Meter, BenchDatabase Database, IReadOnlyList<string> Tokens);
}
