using OrleansChat.Bench.Comparing;
using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>Sends over HTTP, beside the same sends over the text protocol, to one silo, in interleaved rounds of one run.</summary>
internal sealed class WebScenario : IScenario
{
    private const int Recipients = 100;
    private const string Text = "text, send";

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.5);

    public string Name => "web";

    public string Summary =>
        "Sends over HTTP, with and without an Idempotency-Key, beside the same over the text protocol, in interleaved rounds.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        var most = options.Connections.Max();
        var ways = Ways();
        var senders = await database.AddUsersAsync("sender", ways.Length * most, cancellationToken);
        // Each way has sessions of its own: one that is used on two connections in turn moves each time.
        var tokens = (await database.AddSessionsAsync(senders, cancellationToken)).Chunk(most).ToArray();
        string[] recipients = [.. (await database.AddUsersAsync("recipient", Recipients, cancellationToken)).Select(user => user.Name)];
        var web = ServerProcess.FreeEndPoint();
        await using var silo = await ServerProcess.StartSiloAsync(
            options, database.ConnectionString, cancellationToken, "--web-listen", web.ToString());
        var meter = new CpuMeter([silo.Id], database.PostmasterId);
        var results = new List<Result>();
        foreach (var connections in options.Connections) results.AddRange(await MeasureAsync(connections));
        return results;

        async Task<IEnumerable<Result>> MeasureAsync(int connections)
        {
            var contenders = new List<IContender>();
            try
            {
                foreach (var (index, way) in ways.Index())
                {
                    var rings = tokens[index].Take(connections).Select((token, i) => way.Ring(token, recipients, i));
                    var loop = await ClosedLoop.ConnectAsync(
                        way.IsWeb ? web : silo.EndPoint, rings, depth: 1, cancellationToken, way.Reply);
                    contenders.Add(new ServerContender(way.Name, loop, meter));
                }
                foreach (var contender in contenders) await contender.RunAsync(options.WarmUp, Settling, cancellationToken);
                return Summarize(Cases.NameOf(connections, depth: 1), await RunRoundsAsync(connections, contenders));
            }
            finally
            {
                contenders.ForEach(contender => contender.Dispose());
            }
        }

        async Task<Dictionary<string, List<Turn>>> RunRoundsAsync(int connections, List<IContender> contenders)
        {
            var turns = contenders.ToDictionary(contender => contender.Name, _ => new List<Turn>());
            for (var i = 1; i <= options.Rounds; i++)
            {
                var before = await RunAsync(contenders[0]);
                foreach (var contender in Beside.OrderOf([.. contenders.Skip(1)], i))
                {
                    var (round, after) = (await RunAsync(contender), await RunAsync(contenders[0]));
                    turns[contender.Name].Add(new Turn(before, round, after));
                    before = after;
                }
                turns[Text].Add(new Turn(before, before, before));
                progress($"{Name}, {Cases.NameOf(connections, 1)}, round {i} of {options.Rounds}: " + string.Join(", ", turns.Select(
                    way => $"{way.Key} {way.Value[^1].Round.Rate:N0}/s ({way.Value[^1].Ratio(Figure.Answered):0.000})")));
            }
            return turns;

            Task<Round> RunAsync(IContender contender) => contender.RunAsync(Settling, options.Measured, cancellationToken);
        }
    }

    private IEnumerable<Result> Summarize(string connections, Dictionary<string, List<Turn>> ways) => ways.Select(way =>
    {
        return new Result(Name, $"{connections}: {way.Key}",
        [
            .. Round.Summarize([.. way.Value.Select(turn => turn.Round)]),
            Ratio("answered ÷ text", Figure.Answered), Ratio("CPU silo ÷ text", Figure.SiloTime),
            Ratio("CPU silo and PostgreSQL ÷ text", Figure.TotalTime),
        ]);

        Measure Ratio(string name, Figure figure)
        {
            var spread = Spread.Of(way.Value.Select(turn => turn.Ratio(figure)));
            return new Measure(name, Measure.Ratio, spread.Median, spread.Low, spread.High);
        }
    });

    private static Way[] Ways() =>
    [
        new(Text, IsWeb: false, ReplyPattern.Sent, (token, recipients, index) => RequestRing.OfSends(token, recipients, index, depth: 1)),
        // Its difference from the first is the noise.
        new("text, send again (A/A)", IsWeb: false, ReplyPattern.Sent,
            (token, recipients, index) => RequestRing.OfSends(token, recipients, index, depth: 1)),
        new("text, sendonce", IsWeb: false, ReplyPattern.Ok, RequestRing.OfSendOnce),
        new("HTTP", IsWeb: true, ReplyPattern.Created,
            (token, recipients, index) => RequestRing.OfPosts(token, recipients, index, hasKey: false)),
        new("HTTP, with a key", IsWeb: true, ReplyPattern.Created,
            (token, recipients, index) => RequestRing.OfPosts(token, recipients, index, hasKey: true)),
    ];

    private sealed record Way(
        string Name, bool IsWeb, ReplyPattern Reply, Func<string, IReadOnlyList<string>, int, RequestRing> Ring);

    private sealed record Turn(Round Before, Round Round, Round After)
    {
        public double Ratio(Figure figure) => Beside.Ratio(figure.Of(Before), figure.Of(Round), figure.Of(After));
    }
}
