using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>
/// Reading: logged-in users, each on a connection of its own, simultaneously read mailboxes that were filled before.
/// </summary>
/// <remarks>
/// A read also confirms what the read before it delivered, as a client's next line does. All users read at once, so the latency of
/// one read is its place in the queue, and is not printed.
/// </remarks>
internal sealed class InboxScenario : IScenario
{
    /// <summary>
    /// Messages per mailbox, users who read, and replies of at most 1 MiB that each of them needs. Of many more sessions that are resumed
    /// at once, some would not be answered in time.
    /// </summary>
    private static readonly (int Messages, int Readers, int Reads)[] Sizes = [(1, 3_200, 1), (100, 1_600, 1), (10_000, 32, 2)];

    public string Name => "inbox";

    public string Summary => "Reads mailboxes of 1, 100 and 10,000 messages; all logged-in users at once.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        var results = new List<Result>();
        foreach (var (messages, readers, reads) in Sizes)
        {
            await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
            var users = await database.AddUsersAsync("reader", readers, cancellationToken);
            var tokens = await database.AddSessionsAsync(users, cancellationToken);
            await using var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
            var meter = new CpuMeter([silo.Id], database.PostmasterId);
            using var loop = await ClosedLoop.ConnectAsync(
                silo.EndPoint, tokens.Select(token => new RequestRing([$"inbox {token}\r\n"], reads)),
                reads, cancellationToken, ReplyPattern.Ok);

            // The first round resumes the sessions; the next two warm up. None of them counts.
            await loop.RunOnceAsync(meter, cancellationToken);
            var rounds = new List<Round>();
            for (var i = -1; i <= options.Rounds; i++)
            {
                await database.FillAsync(users, messages, cancellationToken, first: (i + 1) * messages + 1);
                var round = await loop.RunOnceAsync(meter, cancellationToken);
                // The lines of this round have confirmed what the round before delivered.
                await CheckReceivedAsync((i + 1L) * messages * readers);
                progress($"{Name}, {messages:N0} messages, round {i} of {options.Rounds}: {PerSecond(round):N0} messages/s");
                if (i > 0) rounds.Add(round);
            }
            await loop.RunOnceAsync(meter, cancellationToken);
            await CheckReceivedAsync((options.Rounds + 2L) * messages * readers);
            results.Add(new Result(Name, $"{messages:N0} in a mailbox",
                [Measure.Of("messages", "1/s", rounds.Select(PerSecond)),
                 .. Round.Summarize(rounds).Where(measure => measure.Unit != "ms")]));

            async Task CheckReceivedAsync(long expected)
            {
                var received = await database.CountReceivedAsync(users, cancellationToken);
                if (received != expected)
                    throw new BenchException($"{received:N0} messages were received, but {expected:N0} were delivered.");
            }

            double PerSecond(Round round) => round.Rate / reads * messages;
        }
        return results;
    }
}
