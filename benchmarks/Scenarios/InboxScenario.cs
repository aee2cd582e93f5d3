using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>Reading: every mailbox of a case holds so many messages, and is read once; rounds have mailboxes of their own.</summary>
internal sealed class InboxScenario : IScenario
{
    private const int Connections = 32;

    /// <summary>How many messages a mailbox holds, and how many mailboxes a round reads: a multiple of the connections.</summary>
    private static readonly (int Messages, int Mailboxes)[] Sizes = [(1, 6_400), (100, 1_600), (10_000, 32)];

    /// <inheritdoc/>
    public string Name => "inbox";

    /// <inheritdoc/>
    public string Summary => $"Reads mailboxes of 1, 100 and 10,000 messages, each once; {Connections} connections.";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        var results = new List<Result>();
        foreach (var (messages, mailboxes) in Sizes)
        {
            await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
            // The first round warms up, and counts for nothing.
            var users = await database.AddUsersAsync("reader", mailboxes * (options.Rounds + 1), cancellationToken);
            var tokens = await database.AddSessionsAsync(users, cancellationToken);
            progress($"{Name}: filling {users.Count:N0} mailboxes with {messages:N0} {(messages == 1 ? "message" : "messages")} each ...");
            await database.FillAsync(users, messages, cancellationToken);

            await using var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
            var meter = new CpuMeter([silo.Id], database.PostmasterId);
            var rounds = new List<Round>();
            for (var i = 0; i <= options.Rounds; i++)
            {
                string[] mine = [.. tokens.Skip(i * mailboxes).Take(mailboxes)];
                var rings = mine.Chunk(mailboxes / Connections).Select(some => new RequestRing([.. some.Select(token => $"inbox {token}\r\n")], depth: 1, isEndless: false));
                using var loop = await ClosedLoop.ConnectAsync(silo.EndPoint, rings, depth: 1, cancellationToken, ReplyPattern.Ok);
                var round = await loop.RunToEndAsync(meter, cancellationToken);
                progress($"{Name}, {messages:N0} messages, round {i} of {options.Rounds}: {round.Rate * messages:N0} messages/s");
                if (i > 0) rounds.Add(round);
            }
            results.Add(new Result(Name, options.Host, $"{messages:N0} in a mailbox", [Measure.Of("messages", "1/s", rounds.Select(round => round.Rate * messages)), .. Round.Summarize(rounds)]));
        }
        return results;
    }
}
