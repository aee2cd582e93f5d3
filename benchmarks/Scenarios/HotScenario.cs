using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>All connections send to one user, to many, and to many of whom some read meanwhile; in interleaved rounds.</summary>
internal sealed class HotScenario : IScenario
{
    private const int Connections = 256, Recipients = 100, Readers = 32;
    private const string Spread = "100 recipients", One = "one recipient", Reading = "100 recipients, 32 of whom read";
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.5);

    public string Name => "hot";

    public string Summary =>
        $"Sends to one user, to {Recipients}, and to {Recipients} of whom {Readers} read in a loop; {Connections} connections.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        var senders = await database.AddSessionsAsync(Connections, cancellationToken);
        var recipients = await database.AddUsersAsync("recipient", Recipients, cancellationToken);
        var readers = await database.AddSessionsAsync([.. recipients.Take(Readers)], cancellationToken);
        await using var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
        var meter = new CpuMeter([silo.Id], database.PostmasterId);
        string[] names = [.. recipients.Select(user => user.Name)];
        var cases = new (string Name, string[] Recipients, bool Reads)[]
        {
            (Spread, names, false), (One, names[^1..], false), (Reading, names, true),
        };

        var rounds = cases.ToDictionary(c => c.Name, _ => new List<Round>());
        foreach (var each in cases) await RunAsync(each.Recipients, each.Reads, options.WarmUp);
        for (var i = 1; i <= options.Rounds; i++)
        {
            foreach (var each in cases) rounds[each.Name].Add(await RunAsync(each.Recipients, each.Reads, Settling));
            progress($"{Name}, round {i} of {options.Rounds}: {string.Join(", ", rounds.Select(c => $"{c.Key} {c.Value[^1].Rate:N0}/s"))}");
        }
        return [.. rounds.Select(c => new Result(Name, c.Key,
            [.. Round.Summarize(c.Value),
             Measure.Of("÷ spread", "rate", c.Value.Zip(rounds[Spread], (mine, spread) => mine.Rate / spread.Rate))]))];

        async Task<Round> RunAsync(string[] to, bool reads, TimeSpan warmUp)
        {
            using var loop = await ClosedLoop.ConnectAsync(silo.EndPoint,
                senders.Select((token, index) => RequestRing.OfSends(token, to, first: index, depth: 1)), depth: 1, cancellationToken);
            if (!reads) return await loop.RunAsync(warmUp, options.Measured, meter, cancellationToken);
            using var reading = await ClosedLoop.ConnectAsync(
                silo.EndPoint, readers.Select(token => new RequestRing([$"inbox {token}\r\n"], depth: 1)),
                depth: 1, cancellationToken, ReplyPattern.Ok);
            var (sent, read) = (loop.RunAsync(warmUp, options.Measured, meter, cancellationToken),
                reading.RunAsync(warmUp, options.Measured, meter, cancellationToken));
            await Task.WhenAll(sent, read);
            return await sent;
        }
    }
}
