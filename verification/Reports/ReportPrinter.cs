using System.Globalization;
using System.Text.Json;
using OrleansChat.Verification.Ledgers;
using Spectre.Console;

namespace OrleansChat.Verification.Reports;

/// <summary>Prints a report for people or programs.</summary>
internal static class ReportPrinter
{
    private const int RedirectedWidth = 160;
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Prints the report as one JSON object.</summary>
    public static void PrintJson(RunReport report) => Console.WriteLine(JsonSerializer.Serialize(report, Indented));

    /// <summary>Prints the report as tables.</summary>
    public static void PrintTables(RunReport report)
    {
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = RedirectedWidth;
        Write(["operations", "done", "refused", "unavailable", "broken"],
            report.Operations.Select(row => new[] { row.Kind, N(row.Done), N(row.Refused), N(row.Unavailable), N(row.Broken) }));
        if (report.Faults.Count > 0)
            Write(["faults", "count", "longest unavailable, s", "with other faults, s"],
                report.Faults.Select(row => new[] { row.Fault, N(row.Count), S(row.LongestAlone), S(row.LongestWithOthers) }));
        Write(["violations of", "count"], report.ViolationsByInvariant.Select(pair => new[] { pair.Key, N(pair.Value) }));
        Write([report.Service, "value"],
        [
            ["seed", report.Seed.ToString(CultureInfo.InvariantCulture)],
            ["load, s", S(report.Seconds)],
            ["acknowledged sends", N(report.AcknowledgedSends)],
            ["acknowledged sends/s", N((long)report.SendsPerSecond)],
            ["kills", N(report.Kills)],
            ["processes that ended by themselves", N(report.OwnEnds)],
            ["longest unavailability, s", S(report.LongestUnavailability)],
            ["names looked for in lists, there", N(report.JudgedOnline)],
            ["names looked for in lists, not there", N(report.JudgedOffline)],
            ["longest ghost, s", S(report.LongestGhost)],
            ["longest missing, s", S(report.LongestMissing)],
            ["receipts compared", N(report.Receipts)],
        ]);
    }

    /// <summary>Prints the shortest history that shows a violation, for each violated invariant.</summary>
    public static void PrintHistories(RunReport report)
    {
        foreach (var violation in report.Violations.DistinctBy(violation => violation.Invariant)) Print(violation);
        Console.Error.WriteLine($"seed: {report.Seed}");
    }

    private static void Print(Violation violation)
    {
        Console.Error.WriteLine($"VIOLATION of {violation.Invariant}: {violation.What}");
        foreach (var line in violation.History) Console.Error.WriteLine($"    {line}");
    }

    private static void Write(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumn(Markup.Escape(columns[0]));
        foreach (var column in columns[1..]) table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned().NoWrap());
        foreach (var row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
        Console.WriteLine();
    }

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string S(double seconds) => seconds.ToString("F1", CultureInfo.InvariantCulture);
}
