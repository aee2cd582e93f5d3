using System.Net;
using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Clients.Web;
using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Reports;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Processes;

/// <summary>A run against processes: load and faults, then quiet, the final drain, and the comparison with the database.</summary>
internal sealed class ProcessRun(VerifyOptions options, TimeProvider time, Action<string> say)
{
    private const int UserCount = 12, ProbeCount = 4;

    /// <summary>The rooms that clients over HTTP make, as recipients.</summary>
    private static readonly string[] WebRooms = ["#salon-a-1", "#salon-b-1", "#salon-c-1"];

    private static readonly TimeSpan ProgressPause = TimeSpan.FromSeconds(5), DrainTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Runs it.</summary>
    /// <exception cref="VerifyException">The run failed for a reason other than the service.</exception>
    public async Task<RunReport> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Service is not { } service) return await RunAsync(null, options.Users, [], null, options.Addresses, cancellationToken);
        string[] actors = [.. Enumerable.Range(1, UserCount).Select(i => $"user{i}")],
            probes = [.. Enumerable.Range(1, ProbeCount).Select(i => $"probe{i}")];
        const string Sharer = "sharer";
        say("Starting PostgreSQL and the service ...");
        var (deployment, users) = await Deployment.StartAsync(service, [.. actors, .. probes, Sharer], cancellationToken);
        await using (deployment)
            return await RunAsync(
                deployment, [.. users.Take(UserCount)], [.. users.Skip(UserCount).SkipLast(1)], users[^1], deployment.Gateways,
                cancellationToken);
    }

    private async Task<RunReport> RunAsync(
        Deployment? deployment, IReadOnlyList<ChatUser> users, IReadOnlyList<ChatUser> probing, ChatUser? sharer,
        IReadOnlyList<EndPoint> gateways, CancellationToken cancellationToken)
    {
        var ledger = new Ledger(time, options.Service?.SendsPerSecond ?? 0) { LearnsLate = true };
        var wires = new TcpWires(gateways);
        var kinds = Kinds(deployment);
        using var faults = deployment is null ? null : new FaultInjector(deployment, ledger, time, say);
        if (deployment is not null && faults is not null)
            foreach (var member in deployment.Members)
                member.EndedByItself += (ended, status) =>
                {
                    faults.Died(ended);
                    say($"           {ended.Name} ended unexpectedly, status {status}");
                };
        List<AvailabilityProbe> probes = [.. probing.Select((user, i) => new AvailabilityProbe(wires, time, user, i % wires.Gateways))];

        var startedAt = time.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var progress = ProgressAsync(ledger, faults, startedAt, over.Token);
        await using var follower = deployment is { WebGateways.Count: > 0 }
            ? new LogFollower(deployment.ConnectionString, ledger, time)
            : null;
        string[] rooms = deployment is null ? [] : [.. Operator.RoomNames, .. follower is null ? [] : WebRooms];
        var work = new WorkloadOptions
        {
            Users = users,
            Sharer = sharer,
            Seed = options.Seed,
            Rooms = rooms,
        };
        var load = new Workload(wires, ledger, time, work).RunAsync(over.Token);
        var admin = deployment is null ? null : new AdminProgram(options.Service!.AdminProgram, deployment.ConnectionString);
        var commands = Task.CompletedTask;
        if (admin is not null)
        {
            var administrator = new Operator(admin, wires, ledger, time, users, options.Seed);
            if (options.Seed % 2 == 0) await administrator.ShortenRetentionAsync();
            commands = administrator.RunAsync(over.Token);
        }
        var web = follower is null ? Task.CompletedTask : new WebWorkload(ledger, time, new WebWorkloadOptions
        {
            Users = users,
            Gateways = deployment!.WebGateways,
            Clients = users.Count * work.ActorsPerUser * options.Web / (100 - options.Web),
            Rooms = rooms,
            OwnRooms = WebRooms.Length,
            Seed = options.Seed,
            SettleAsync = follower.SettleAsync,
        }).RunAsync(over.Token);
        List<Task> running = [load, web, commands, progress, .. probes.Select(probe => probe.RunAsync(startedAt, over.Token))];
        if (deployment is not null && faults is not null)
        {
            int Places(FaultKind kind) => kind.Target is { } target ? deployment.Of(target).Count : 1;
            running.Add(faults.RunAsync(FaultPlan.Kills(options.Seed, kinds, Places, options.Length), startedAt, cancellationToken));
            running.Add(faults.RunAsync(FaultPlan.Others(options.Seed, kinds, Places, options.Length), startedAt, cancellationToken));
        }
        // The end of the time, or a violation, ends the load; a task that fails earlier is a failure of the checker itself.
        var ending = Task.WhenAny(Task.Delay(options.Length, time, cancellationToken), ledger.Violated);
        while (!ending.IsCompleted)
        {
            var ended = await Task.WhenAny([ending, .. running, .. follower is null ? (Task[])[] : [follower.Ended]]);
            if (ended != ending) running.Remove(ended);
            await ended;
        }
        await await ending;
        var lasted = time.GetElapsedTime(startedAt);
        await over.CancelAsync();
        if (ledger.Violated.IsCompleted)
            return Report(
                ledger, [], faults, admin, kinds, [.. probes.SelectMany(probe => probe.Gaps)], lasted, ledger.Statistics.Acknowledged);
        await Task.WhenAll(running);
        if (deployment is not null) await deployment.UpAsync(cancellationToken).WaitAsync(DrainTimeout, cancellationToken);

        var acknowledged = ledger.Statistics.Acknowledged;
        say("The load and the faults are over. Reading the remaining messages ...");
        var unread = await FinalDrain.RunAsync(users, wires, ledger, time, new ActorOptions()).WaitAsync(DrainTimeout, cancellationToken);
        if (unread.Count > 0)
            throw new VerifyException($"{unread.Count} mailboxes could not be read at the end, {unread[0].Name}'s first.");
        if (follower is not null) await follower.SettleAsync().WaitAsync(DrainTimeout, cancellationToken);
        var found = deployment is null
            ? []
            : await Reconciliation.RunAsync(deployment.ConnectionString, ledger.Receipts, cancellationToken);
        return Report(ledger, found, faults, admin, kinds, [.. probes.SelectMany(probe => probe.Gaps)], lasted, acknowledged);
    }

    private IReadOnlyList<FaultKind> Kinds(Deployment? deployment)
    {
        if (deployment is null || options.Faults is ["none"]) return [];
        var all = FaultKind.Of(deployment.Members.Select(member => member.Kind));
        if (options.Faults is ["all"]) return all;
        return [.. options.Faults.Select(name => all.FirstOrDefault(kind => kind.Name == name)
            ?? throw new VerifyException($"unknown fault '{name}'. Known faults: all, none, {string.Join(", ", all)}"))];
    }

    private async Task ProgressAsync(Ledger ledger, FaultInjector? faults, long startedAt, CancellationToken stop)
    {
        var (before, beforeAt) = (0L, TimeSpan.Zero);
        while (!stop.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(ProgressPause, time, stop));
            var (now, at) = (ledger.Statistics, time.GetElapsedTime(startedAt));
            say($"{at.TotalSeconds,7:F1} s  {now.Acknowledged:N0} acknowledged, "
                + $"{(now.Acknowledged - before) / (at - beforeAt).TotalSeconds:N0}/s, "
                + $"{faults?.Kills ?? 0} kills, {ledger.Violations.Count} violations");
            (before, beforeAt) = (now.Acknowledged, at);
        }
    }

    private RunReport Report(
        Ledger ledger, IReadOnlyList<Violation> found, FaultInjector? faults, AdminProgram? admin,
        IReadOnlyList<FaultKind> kinds, IReadOnlyList<Gap> gaps, TimeSpan lasted, long acknowledged)
    {
        var statistics = ledger.Statistics;
        long Count(RequestKind kind, RequestOutcome outcome) => statistics.Operations.GetValueOrDefault((kind, outcome));
        long Web(RequestKind kind, RequestOutcome outcome) => statistics.WebOperations.GetValueOrDefault((kind, outcome));
        var counts = new Dictionary<string, long>(statistics.Violations);
        if (faults is not null)
            foreach (var invariant in Reconciliation.Invariants)
                counts[invariant] = found.Count(violation => violation.Invariant == invariant);
        return new RunReport
        {
            Service = options.Service switch
            {
                null => "an existing deployment",
                { Silos: 0 } => "one process",
                { } cluster => $"{cluster.Silos} silos and {cluster.Gateways} gateways",
            },
            Seed = options.Seed,
            Seconds = lasted.TotalSeconds,
            // The others are not lines.
            Operations = [.. Enum.GetValues<RequestKind>().Where(kind => kind <= RequestKind.LogOut).Select(kind => new OperationRow(
                kind.ToString(), Count(kind, RequestOutcome.Done), Count(kind, RequestOutcome.Refused),
                Count(kind, RequestOutcome.Unavailable), Count(kind, RequestOutcome.Broken))),
                .. Enum.GetValues<RequestKind>().Select(kind => new OperationRow(
                    $"HTTP {kind}", Web(kind, RequestOutcome.Done), Web(kind, RequestOutcome.Refused),
                    Web(kind, RequestOutcome.Unavailable), Web(kind, RequestOutcome.Broken)))
                    .Where(row => row.Done + row.Refused + row.Unavailable + row.Broken > 0),
                .. admin?.Runs.Select(run => new OperationRow($"admin {run.Key}", run.Value.Done, 0, run.Value.Failed, 0)) ?? []],
            AcknowledgedSends = acknowledged,
            SendsPerSecond = acknowledged / lasted.TotalSeconds,
            Faults = RunReport.FaultRows(kinds, faults?.Injected ?? [], gaps),
            Kills = faults?.Kills ?? 0,
            OwnEnds = faults?.OwnEnds ?? 0,
            LongestUnavailability = gaps.Count == 0 ? 0 : gaps.Max(gap => gap.Length.TotalSeconds),
            LongestGhost = statistics.LongestGhost.TotalSeconds,
            LongestMissing = statistics.LongestMissing.TotalSeconds,
            JudgedOnline = statistics.JudgedOnline,
            JudgedOffline = statistics.JudgedOffline,
            Receipts = ledger.Receipts.Count,
            ViolationsByInvariant = counts,
            Violations = [.. ledger.Violations.Concat(found).OrderBy(violation => violation.History.Count)],
        };
    }
}
