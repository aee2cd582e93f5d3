using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>
/// Whether the cost of a send depends on how much the recipient has not read: rounds to empty and to full mailboxes in turn, so that
/// anything else that changes with time changes for both.
/// </summary>
/// <remarks>Each round has its own recipients, because a round fills empty mailboxes. They are few, because full ones are large.</remarks>
internal sealed class MailboxScenario : IScenario
{
    private const int Connections = 32;
    private const int Recipients = 2;
    private const int Unread = 1_000_000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public string Name => "mailbox";

    public string Summary => $"Sends to mailboxes with 0 and with {Unread:N0} unread messages, in turn; {Connections} connections.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        var tokens = await database.AddSessionsAsync(Connections, cancellationToken);
        var full = await database.AddUsersAsync("full", Recipients, cancellationToken);
        progress($"mailbox: filling {Recipients} mailboxes with {Unread:N0} messages each ...");
        await database.FillAsync(full, Unread, cancellationToken);
        var warm = await database.AddUsersAsync("warm", Recipients, cancellationToken);
        var empty = await database.AddUsersAsync("zero", Recipients * options.Rounds, cancellationToken);

        await using var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
        var meter = new CpuMeter([silo.Id], database.PostmasterId);
        await RunAsync(warm, options.WarmUp, Settling);

        List<Round> toEmpty = [], toFull = [];
        for (var i = 0; i < options.Rounds; i++)
        {
            toEmpty.Add(await RunAsync([.. empty.Skip(i * Recipients).Take(Recipients)], Settling, options.Measured));
            toFull.Add(await RunAsync(full, Settling, options.Measured));
            progress($"mailbox, round {i + 1} of {options.Rounds}: empty {toEmpty[i].Rate:N0}/s, full {toFull[i].Rate:N0}/s");
        }
        var ratios = toEmpty.Zip(toFull, (e, f) => f.Rate / e.Rate);
        return
        [
            new Result(Name, "empty at first", Round.Summarize(toEmpty)),
            new Result(Name, $"{Unread:N0} unread", Round.Summarize(toFull)),
            new Result($"{Name} ratio", "full to empty, round by round", [Measure.Of("answered", "ratio", ratios)]),
        ];

        async Task<Round> RunAsync(IReadOnlyList<BenchUser> recipients, TimeSpan warmUp, TimeSpan measured)
        {
            string[] names = [.. recipients.Select(user => user.Name)];
            var rings = tokens.Select((token, index) => RequestRing.OfSends(token, names, first: index, depth: 1));
            using var loop = await ClosedLoop.ConnectAsync(silo.EndPoint, rings, depth: 1, cancellationToken);
            return await loop.RunAsync(warmUp, measured, meter, cancellationToken);
        }
    }
}
