using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using OrleansChat.Bench.Abuse;
using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>
/// What hostile clients cost well-behaved ones: a few users send at a steady rate, alone and then during one attack after the other,
/// on a silo with its default limits. Linux only.
/// </summary>
internal sealed class AbuseScenario : IScenario
{
    private const int Users = 10, Rate = 200, Recipients = 100, Attackers = 4, Accounts = 32;
    private const string Quiet = "quiet", QuietAgain = "quiet again";

    /// <summary>A well-behaved client may wait this many times as long as without an attack, or this long.</summary>
    private const double TimesQuiet = 3, AlwaysMilliseconds = 20;

    /// <summary>The silo counts as quiet when it uses no more than this share of a core.</summary>
    private const double QuietCores = 0.2;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2),
        Look = TimeSpan.FromSeconds(0.5), QuietTimeout = TimeSpan.FromSeconds(60);

    public string Name => "abuse";

    public string Summary =>
        $"What hostile clients cost {Users} users who together send {Rate} messages per second, with the default limits.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        var senders = await database.AddUsersAsync("sender", Users, cancellationToken);
        var tokens = await database.AddSessionsAsync(senders, cancellationToken);
        string[] recipients = [.. (await database.AddUsersAsync("recipient", Recipients, cancellationToken)).Select(user => user.Name)];
        var attackers = await database.AddUsersAsync("attacker", Attackers, cancellationToken);
        await database.FillAsync(attackers, 20_000, cancellationToken);
        var blocker = (await database.AddUsersAsync("blocker", 1, cancellationToken))[0];
        await database.BlockAsync(blocker, attackers, cancellationToken);
        var room = await database.AddRoomAsync("room", [blocker], cancellationToken);
        var accounts = await database.AddAccountsAsync("person", Accounts, cancellationToken);

        using var certificate = new TemporaryCertificate();
        var (tls, web) = (ServerProcess.FreeEndPoint(), ServerProcess.FreeEndPoint());
        await using var silo = await ServerProcess.StartLimitedSiloAsync(
            options, database.ConnectionString, cancellationToken,
            "--tls-listen", tls.ToString(), "--tls-certificate", certificate.File, "--web-listen", web.ToString());
        var order = new AttackOrder(
            silo.EndPoint.Port, tls.Port, web.Port, await database.AddSessionsAsync(attackers, cancellationToken),
            await database.ReadEpochAsync(cancellationToken), [.. attackers.Select(attacker => attacker.AccountId)], senders[0].Name,
            recipients[0], blocker.Name, room, [.. accounts.Select(account => account.UserName)], 0);
        var meter = new CpuMeter([silo.Id], database.PostmasterId);
        var rings = tokens.Select((token, index) => RequestRing.OfSends(token, recipients, first: index * Recipients / Users, depth: 1));
        using var loop = await OpenLoop.ConnectAsync(silo.EndPoint, rings, cancellationToken);
        await loop.RunAsync(Rate, options.WarmUp, Settling, meter, cancellationToken);

        var quiet = await MeasureAsync(Quiet, null);
        var allowed = Math.Max(TimesQuiet * Measure.Of("", "", quiet.Select(P99)).Median, AlwaysMilliseconds);
        var results = new List<Result> { Summarize(Quiet, quiet, allowed) };
        foreach (var (index, attack) in Attacks.All.Index()
            .Where(each => options.Attacks.Length == 0 || options.Attacks.Contains(each.Item.Name)))
        {
            List<Sample> samples;
            await using (var attacker = await AttackerProcess.StartAsync(attack, order with { Network = (byte)(index + 1) }))
                samples = await MeasureAsync(attack.Name, attacker);
            results.Add(Summarize(attack.What, samples, allowed, await WaitUntilQuietAsync(attack)));
        }
        results.Add(Summarize(QuietAgain, await MeasureAsync(QuietAgain, null), allowed));
        return results;

        // Call it after the attacker's process has ended: it measures how long the silo still works on what is left.
        async Task<TimeSpan> WaitUntilQuietAsync(Attack attack)
        {
            var start = Stopwatch.GetTimestamp();
            while (true)
            {
                var before = meter.Read();
                await Task.Delay(Look, cancellationToken);
                var (left, used) = (CountConnections(order.Ports), meter.Read() - before);
                if (left == 0 && used.Server < QuietCores * Look.TotalSeconds) return Stopwatch.GetElapsedTime(start);
                if (Stopwatch.GetElapsedTime(start) > QuietTimeout)
                    throw new BenchException($"{QuietTimeout.TotalSeconds} s after the end of the attack '{attack.Name}' the "
                        + $"silo still has {left} of its connections, and uses {used.Server / Look.TotalSeconds:P0} of a core.");
            }
        }

        async Task<List<Sample>> MeasureAsync(string name, AttackerProcess? attacker)
        {
            var samples = new List<Sample>();
            while (samples.Count < options.Rounds)
            {
                silo.ForgetPeak();
                var round = await loop.RunAsync(
                    Rate, samples.Count == 0 ? Settling : TimeSpan.Zero, options.Measured, meter, cancellationToken);
                if (attacker?.HasExited == true) throw new BenchException($"The attacker '{name}' has ended.");
                samples.Add(new Sample(round, silo.PeakResidentBytes, attacker?.Report ?? AttackReport.None));
                progress($"{Name}, {name}, round {samples.Count} of {options.Rounds}: p99 {P99(samples[^1]):N1} ms, {samples[^1].Attack}");
            }
            return samples;
        }
    }

    private Result Summarize(string name, IReadOnlyList<Sample> samples, double allowed, TimeSpan quietAfter = default)
    {
        var p99 = Measure.Of("p99", "ms", samples.Select(P99));
        return new Result(Name, name,
        [
            p99,
            Of("p50", "ms", sample => sample.Round.Latencies.GetValueAtPercentile(50) / 1000.0),
            Of("allowed p99", "ms", _ => allowed),
            Of("kept", "1 if it is", _ => p99.Median <= allowed ? 1 : 0),
            Of("silo", "MiB at most", sample => sample.PeakBytes / (1024.0 * 1024)),
            Of("CPU silo", "% of a core", sample => 100 * sample.Round.Cpu.Server / sample.Round.Seconds),
            Of("CPU PostgreSQL", "% of a core", sample => 100 * sample.Round.Cpu.Postgres / sample.Round.Seconds),
            Of("CPU attacker", "% of a core", sample => sample.Attack.Cpu),
            Of("done by it", "1/s", sample => sample.Attack.Done),
            Of("refused", "1/s", sample => sample.Attack.Refused),
            Of("connections ended", "1/s", sample => sample.Attack.Ended),
            Of("open", "connections", sample => sample.Attack.Open),
            Of("quiet after it", "s", _ => quietAfter.TotalSeconds),
        ]);

        Measure Of(string measure, string unit, Func<Sample, double> figure) => Measure.Of(measure, unit, samples.Select(figure));
    }

    /// <summary>How many connections the silo has that do not come from the well-behaved clients' address.</summary>
    private static int CountConnections(int[] ports) =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(connection =>
            ports.Contains(connection.LocalEndPoint.Port) && connection.State is TcpState.Established or TcpState.CloseWait
                && !connection.RemoteEndPoint.Address.Equals(IPAddress.Loopback));

    private static double P99(Sample sample) => sample.Round.Latencies.GetValueAtPercentile(99) / 1000.0;

    private sealed record Sample(Round Round, long PeakBytes, AttackReport Attack);
}
