using OrleansChat.Bench.Comparing;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;
using OrleansChat.Bench.Versions;

namespace OrleansChat.Bench.Scenarios;

/// <summary>
/// Compares this tree's program with another version's: how many times as fast it is, and whether the difference exceeds that between
/// two processes of one program.
/// </summary>
internal sealed class AgainstScenario(AgainstOptions against)
{
    /// <summary>The warm-up of each role with a later load of the round: the code is compiled already.</summary>
    private static readonly TimeSpan NextWarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Measures all rounds.</summary>
    /// <exception cref="BenchException">A reply was wrong or missing, or a program did not start.</exception>
    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        var loads = LoadCase.AllOf(options, against.Operations);
        await using var server = await DatabaseServer.ConnectAsync(options.Database, cancellationToken);
        await using var echo = await EchoServer.StartAsync(cancellationToken);
        await using var own = await PrepareAsync(Role.This, against.Mine, "orleanschat_bench_own");
        await using var other = await PrepareAsync(Role.Other, against.Others, "orleanschat_bench_others");

        var rounds = loads.ToDictionary(load => load, _ => new List<IReadOnlyList<Slot>>());
        for (var number = 1; number <= options.Rounds; number++)
        {
            var order = Interleaving.Of(number);
            var silos = order.Distinct().Where(role => role != Role.Echo).Select(role => (role, role == Role.Other ? other : own));
            await using var field = await Field.StartAsync(server, silos, echo, cancellationToken);
            foreach (var load in loads)
            {
                var warmUp = load == loads[0] ? options.WarmUp : NextWarmUp;
                var slots = await field.MeasureAsync(load, order, warmUp, options.Measured, cancellationToken);
                rounds[load].Add(slots);
                progress($"round {number} of {options.Rounds}, {load.Name}: " + string.Join("; ", Figure.All.Select(figure =>
                    $"{figure.Name} {slots.RatioTo(Role.Other, figure):0.000} (A/A {slots.RatioTo(Role.Twin, figure):0.000})")));
            }
        }
        return [.. loads.SelectMany(load => Absolute(load, rounds[load])), .. loads.SelectMany(load => Ratios(load, rounds[load]))];

        async Task<PreparedDatabase> PrepareAsync(Role role, ServicePrograms programs, string name)
        {
            var version = await ServiceVersion.OfAsync(programs, cancellationToken);
            progress($"{role.Say()} ({version.Name}): adding users and logging them in with its own programs ...");
            return await PreparedDatabase.CreateAsync(server, version, name, options.Connections.Max(), cancellationToken);
        }
    }

    private IEnumerable<Result> Absolute(LoadCase load, IReadOnlyList<IReadOnlyList<Slot>> rounds) =>
        new[] { Role.This, Role.Twin, Role.Other, Role.Echo }.Select(role =>
        {
            var slots = rounds.SelectMany(round => round.Of(role)).ToList();
            return new Result($"{against.Mine.Name} (this) against {against.Others.Name} (other)", $"{load.Name}: {role.Say()}",
            [
                .. Round.Summarize([.. slots.Select(slot => slot.Round)]),
                Measure.Of("of it quiet servers", "% CPU", slots.Select(slot => 100 * slot.QuietCpu)),
                Measure.Of("÷ echo", "rate", rounds.Select(round => round.ShareOfEcho(role))),
            ]);
        });

    private static IEnumerable<Result> Ratios(LoadCase load, IReadOnlyList<IReadOnlyList<Slot>> rounds) => Figure.All.Select(figure =>
    {
        var (toOther, toTwin) = (To(Role.Other), To(Role.Twin));
        return new Result("ratios", $"{load.Name}: {figure.Name}", [Interval("this ÷ other", toOther), Interval("A/A", toTwin)])
        {
            Verdict = Verdicts.Of(toOther, toTwin, figure.MoreIsBetter).Say(toOther.Median),
        };

        Spread To(Role role) => Spread.Of(rounds.Select(round => round.RatioTo(role, figure)));
    });

    private static Measure Interval(string name, Spread spread) => new(name, Measure.Ratio, spread.Median, spread.Low, spread.High);
}
