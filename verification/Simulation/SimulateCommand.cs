using System.Globalization;
using System.Text.Json;
using OrleansChat.Verification.Variants;
using Spectre.Console;

namespace OrleansChat.Verification.Simulation;

/// <summary><c>--simulate</c>: runs schedules until time is up, there are enough, or one shows a violation.</summary>
internal static class SimulateCommand
{
    /// <returns>0 if no schedule broke an invariant, otherwise 1.</returns>
    public static int Run(int seed, Variant? variant, long? schedules, TimeSpan length, bool json, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var service = new SimulatedService(seed, time, variant);
        var failed = service.Run(schedules, length, Progress, cancellationToken);
        var elapsed = time.GetElapsedTime(start);
        var shrunk = failed is null ? null : SimulatedService.Shrink(failed);
        if (json) PrintJson(service.Report, seed, elapsed, failed);
        else PrintTable(service.Report, seed, elapsed, failed);
        if (shrunk is null) return 0;
        Console.Error.WriteLine(SchedulePrinter.Print(shrunk));
        return 1;
    }

    private static void Progress(SimulationReport report, TimeSpan elapsed) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{elapsed:hh\\:mm\\:ss}  {report.Schedules:N0} schedules, {report.Schedules / elapsed.TotalSeconds:N0}/s"));

    private static void PrintTable(SimulationReport report, int seed, TimeSpan elapsed, Plan? failed)
    {
        var table = new Table().AddColumn("").AddColumn(new TableColumn("").RightAligned()).HideHeaders();
        Row("first seed", $"{seed}");
        Row("schedules", $"{report.Schedules:N0}");
        Row("schedules per second", $"{report.Schedules / elapsed.TotalSeconds:N0}");
        Row("different orders of steps", $"{report.Interleavings:N0}");
        Row("steps", $"{report.Steps:N0}");
        Row("operations", $"{report.Operations:N0}");
        Row("acknowledged sends", $"{report.Acknowledged:N0}");
        foreach (var (kind, count) in report.Faults) Row($"schedules with {kind}", $"{count:N0}");
        Row("pairs of faults met", $"{report.Pairs.Count}");
        Row("pairs of an operation and a fault in its midst",
            $"{report.Meetings.Count} of {Enum.GetValues<OperationKind>().Length * Enum.GetValues<SimulatedFault>().Length}");
        Row("longest ghost", $"{report.LongestGhost.TotalSeconds:F1} s");
        Row("violations", $"{(failed is null ? "none" : $"seed {failed.Seed}")}");
        AnsiConsole.Write(table);

        void Row(string name, FormattableString value) => table.AddRow(new Text(name), new Text(FormattableString.Invariant(value)));
    }

    private static void PrintJson(SimulationReport report, int seed, TimeSpan elapsed, Plan? failed) =>
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            firstSeed = seed,
            report.Schedules,
            seconds = elapsed.TotalSeconds,
            report.Interleavings,
            report.Steps,
            report.Operations,
            report.Acknowledged,
            outcomes = report.Outcomes.ToDictionary(o => $"{o.Key.Kind} {o.Key.Outcome}", o => o.Value),
            faults = report.Faults.ToDictionary(f => f.Key.ToString(), f => f.Value),
            operationsInFaults = report.Meetings.Select(m => $"{m.Key.Item1} in {m.Key.Item2}"),
            longestGhostSeconds = report.LongestGhost.TotalSeconds,
            failedSeed = failed?.Seed,
        }));
}
