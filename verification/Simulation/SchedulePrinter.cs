using System.Globalization;
using System.Text;

namespace OrleansChat.Verification.Simulation;

/// <summary>Prints a schedule and its violations.</summary>
internal static class SchedulePrinter
{
    /// <summary>The plan, the violations and their histories, for people.</summary>
    public static string Print(Plan plan)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"seed {plan.Seed}: {plan.Users} users, "
            + $"{plan.Actors} clients, {(plan.IsSpread ? "silos and gateways apart" : "two silos with gateways")}\n");
        foreach (var fault in plan.Faults)
            text.Append(CultureInfo.InvariantCulture,
                $"  fault at {fault.At.TotalSeconds:F3} s: {fault.Kind}, {fault.Lasts.TotalSeconds:F1} s ({fault.Choice})\n");
        foreach (var operation in plan.Operations)
            text.Append(CultureInfo.InvariantCulture,
                $"  client {operation.Actor}: {operation.Kind} after {operation.Pause.TotalMilliseconds:F0} ms ({operation.Choice})\n");
        foreach (var violation in SimulatedRun.Run(plan).Violations)
        {
            text.Append(CultureInfo.InvariantCulture, $"{violation.Invariant}: {violation.What}\n");
            foreach (var line in violation.History) text.Append(line).Append('\n');
        }
        return text.ToString();
    }
}
