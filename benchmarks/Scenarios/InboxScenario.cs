using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>
/// Reading: users who are logged in, each on a connection of its own, read all at once what their mailboxes were filled with.
/// </summary>
/// <remarks>
/// A read also moves the position of what the one before handed over, as a client's next line does. As all read at once, how
/// long one of them takes is its place in the queue, and is not told.
/// </remarks>
internal sealed class InboxScenario : IScenario
{
    /// <summary>How many messages a mailbox holds, how many users read, and how many replies of 1 MiB at most that takes each.</summary>
    private static readonly (int Messages, int Readers, int Reads)[] Sizes = [(1, 6_400, 1), (100, 1_600, 1), (10_000, 32, 2)];

    /// <inheritdoc/>
    public string Name => "inbox";

    /// <inheritdoc/>
    public string Summary => "Reads mailboxes of 1, 100 and 10,000 messages; users who are logged in, all at once.";

    /// <inheritdoc/>
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

            // Resumes the sessions; then two rounds that warm up, and count for nothing.
            await loop.RunOnceAsync(meter, cancellationToken);
            var rounds = new List<Round>();
            for (var i = -1; i <= options.Rounds; i++)
            {
                await database.FillAsync(users, messages, cancellationToken, first: (i + 1) * messages + 1);
                var round = await loop.RunOnceAsync(meter, cancellationToken);
                // Its lines have shown that what the round before handed over was received.
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
                    throw new BenchException($"{received:N0} messages were received where {expected:N0} were handed over.");
            }

            double PerSecond(Round round) => round.Rate / reads * messages;
        }
        return results;
    }
}
