using System.Diagnostics;
using System.Globalization;

namespace OrleansChat.Verification.Simulation;

/// <summary>Temporary.</summary>
internal static class SimulateCommand
{
    public static int Run(string[] args)
    {
        var seed = int.Parse(args[Array.IndexOf(args, "--seed") + 1], CultureInfo.InvariantCulture);
        var count = long.Parse(args[Array.IndexOf(args, "--schedules") + 1], CultureInfo.InvariantCulture);
        if (args.Contains("--twice"))
        {
            for (var i = 0; i < count; i++)
            {
                var a = SimulatedRun.Run(Plan.Draw(seed + i));
                var b = SimulatedRun.Run(Plan.Draw(seed + i));
                if (a.Trace != b.Trace || a.Steps != b.Steps) Console.WriteLine($"{seed + i}: {a.Steps} {b.Steps}");
            }
            return 0;
        }
        var simulation = new Simulation(seed, TimeProvider.System);
        var watch = Stopwatch.StartNew();
        var failed = simulation.Run(count, TimeSpan.FromHours(1), (r, t) => Console.Error.WriteLine($"{t} {r.Schedules}"), default);
        var report = simulation.Report;
        Console.WriteLine($"{report.Schedules} schedules, {report.Steps} steps, {report.Operations} operations, {report.Acknowledged} acknowledged, {report.Interleavings}, ghost {report.LongestGhost}, {watch.Elapsed}");
        foreach (var (outcome, n) in report.Outcomes) Console.WriteLine($"{outcome}: {n}");
        if (failed is null) return 0;
        Console.WriteLine($"seed {failed.Seed}");
        if (!args.Contains("--no-shrink")) failed = Simulation.Shrink(failed);
        foreach (var f in failed.Faults) Console.WriteLine(f);
        foreach (var o in failed.Operations) Console.WriteLine(o);
        foreach (var v in SimulatedRun.Run(failed).Violations)
        {
            Console.WriteLine($"{v.Invariant}: {v.What}");
            foreach (var line in v.History) Console.WriteLine(line);
        }
        return 1;
    }
}
