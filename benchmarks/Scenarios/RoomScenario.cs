using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>
/// Sends to a large room and to users, in interleaved rounds; and what sends to users take while others write to that room.
/// </summary>
internal sealed class RoomScenario : IScenario
{
    private const int Members = 10_000, Recipients = 100, Senders = 256, Busy = 32, Talkers = 10, TalkPerSecond = 50;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.5);

    public string Name => "room";

    public string Summary =>
        $"Sends to a room of {Members} members and to users, {Busy} connections; and sends of {Senders} while {TalkPerSecond}/s go there.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        var members = await database.AddUsersAsync("member", Members, cancellationToken);
        var tokens = await database.AddSessionsAsync([.. members.Take(Senders + Talkers)], cancellationToken);
        string[] room = [await database.AddRoomAsync("room", members, cancellationToken)];
        string[] users = [.. (await database.AddUsersAsync("recipient", Recipients, cancellationToken)).Select(user => user.Name)];
        await using var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
        var meter = new CpuMeter([silo.Id], database.PostmasterId);

        var toUsers = new Case($"{Busy} connections, to {Recipients} users", Busy, users, IsTalking: false);
        var quiet = new Case($"{Senders} connections, to {Recipients} users", Senders, users, IsTalking: false);
        Case[] cases =
        [
            toUsers, new($"{Busy} connections, to the room", Busy, room, IsTalking: false),
            quiet, new($"the same, while {TalkPerSecond} a second go to the room", Senders, users, IsTalking: true),
        ];
        var rounds = cases.ToDictionary(each => each, _ => new List<Round>());
        foreach (var each in cases) await RunAsync(each, options.WarmUp);
        for (var i = 1; i <= options.Rounds; i++)
        {
            foreach (var each in cases) rounds[each].Add(await RunAsync(each, Settling));
            progress($"{Name}, round {i} of {options.Rounds}: "
                + $"{string.Join(", ", rounds.Select(c => $"{c.Key.Name} {c.Value[^1].Rate:N0}/s"))}");
        }
        return [.. cases.Select(each => new Result(Name, each.Name, [.. Round.Summarize(rounds[each]), .. Compare(each)]))];

        IEnumerable<Measure> Compare(Case each)
        {
            var before = rounds[each.Senders == Busy ? toUsers : quiet];
            yield return Of("time ÷ users", "p50", round => round.Latencies.GetValueAtPercentile(50));
            yield return Of("p99 ÷ users", "p99", round => round.Latencies.GetValueAtPercentile(99));
            yield return Of(
                "CPU ÷ users", "silo and PostgreSQL, per send",
                round => (round.Cpu.Server + round.Cpu.Postgres) / (round.Rate * round.Seconds));

            Measure Of(string name, string unit, Func<Round, double> figure) =>
                Measure.Of(name, unit, rounds[each].Zip(before, (mine, users) => figure(mine) / figure(users)));
        }

        async Task<Round> RunAsync(Case each, TimeSpan warmUp)
        {
            using var loop = await ClosedLoop.ConnectAsync(
                silo.EndPoint,
                tokens.Take(each.Senders).Select((token, index) => RequestRing.OfSends(token, each.Recipients, first: index, depth: 1)),
                depth: 1, cancellationToken);
            if (!each.IsTalking) return await loop.RunAsync(warmUp, options.Measured, meter, cancellationToken);
            using var talk = await OpenLoop.ConnectAsync(
                silo.EndPoint, tokens.Skip(Senders).Select(token => RequestRing.OfSends(token, room, first: 0, depth: 1)),
                cancellationToken);
            var (sent, said) = (loop.RunAsync(warmUp, options.Measured, meter, cancellationToken),
                talk.RunAsync(TalkPerSecond, warmUp, options.Measured, meter, cancellationToken));
            await Task.WhenAll(sent, said);
            return await sent;
        }
    }

    private sealed record Case(string Name, int Senders, string[] Recipients, bool IsTalking);
}
