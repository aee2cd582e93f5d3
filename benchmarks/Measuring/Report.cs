using System.Text.Json;
using Spectre.Console;

namespace OrleansChat.Bench.Measuring;

/// <summary>Prints results for people or programs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>One JSON array of all results.</summary>
    public static void PrintJson(IEnumerable<Result> results) => Console.WriteLine(JsonSerializer.Serialize(results, Indented));

    /// <summary>
    /// A table for each scenario: a row for each case, medians, and the range of the rounds after the first figure and after each ratio.
    /// </summary>
    public static void PrintTables(IEnumerable<Result> results)
    {
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 400;
        foreach (var scenario in results.GroupBy(result => result.Scenario))
        {
            var table = new Table { Border = TableBorder.Markdown };
            table.AddColumn(new TableColumn(Markup.Escape(scenario.Key)).NoWrap());
            foreach (var measure in scenario.First().Measures)
                table.AddColumn(new TableColumn(Markup.Escape($"{measure.Name}, {measure.Unit}")).RightAligned().NoWrap());
            var isJudged = scenario.Any(result => result.Verdict is not null);
            if (isJudged) table.AddColumn(new TableColumn("verdict").NoWrap());
            foreach (var result in scenario)
            {
                var cells = result.Measures.Select((measure, index) => Cell(measure, isFirst: index == 0));
                string[] verdict = isJudged ? [Markup.Escape(result.Verdict ?? "")] : [];
                table.AddRow([Markup.Escape(result.Case), .. cells, .. verdict]);
            }
            AnsiConsole.Write(table);
        }
    }

    private static string Cell(Measure measure, bool isFirst) =>
        isFirst || measure.Unit == Measure.Ratio ? measure.WithRange : Measure.Format(measure.Median);
}
