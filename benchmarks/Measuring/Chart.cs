using System.Globalization;
using System.Net;
using System.Text;

namespace OrleansChat.Bench.Measuring;

/// <summary>Draws results as an SVG: a bar for the first figure of each case, with its range as a line on the bar.</summary>
internal static class Chart
{
    private const int LabelWidth = 330, BarWidth = 420, ValueWidth = 190, RowHeight = 22, TitleHeight = 34, Margin = 12;

    /// <summary>A chart of all results, scenario by scenario; the bars of one scenario share a scale.</summary>
    public static string Draw(IEnumerable<Result> results)
    {
        var body = new StringBuilder();
        var y = Margin;
        foreach (var scenario in results.GroupBy(result => result.Scenario))
        {
            var most = scenario.Max(result => result.Measures[0].Most);
            var first = scenario.First().Measures[0];
            Text(Margin, y + 20, $"{scenario.Key}: {first.Name}, {first.Unit}", "title");
            y += TitleHeight;
            foreach (var result in scenario)
            {
                var measure = result.Measures[0];
                double Scale(double value) => most > 0 ? BarWidth * value / most : 0;
                Text(Margin, y + 15, result.Case, "label");
                body.Append(CultureInfo.InvariantCulture,
                    $"<rect x=\"{LabelWidth}\" y=\"{y + 3}\" width=\"{Scale(measure.Median):F1}\" height=\"{RowHeight - 7}\"/>\n");
                body.Append(CultureInfo.InvariantCulture, $"<line x1=\"{LabelWidth + Scale(measure.Least):F1}\" "
                    + $"x2=\"{LabelWidth + Scale(measure.Most):F1}\" y1=\"{y + 10.5}\" y2=\"{y + 10.5}\"/>\n");
                Text(LabelWidth + (int)Scale(measure.Most) + 8, y + 15, measure.WithRange, "value");
                y += RowHeight;
            }
            y += Margin;
        }
        const string Style = "rect.page { fill: #fff } rect { fill: #4a7ebb } line { stroke: #1d3557; stroke-width: 2 } "
            + ".title { font-weight: bold } .value { fill: #444 }";
        const int Width = LabelWidth + BarWidth + ValueWidth;
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {y}" font-family="sans-serif" font-size="13">
            <style>{Style}</style>
            <rect class="page" width="100%" height="100%"/>
            {body}</svg>

            """;

        void Text(int x, int at, string text, string kind) =>
            body.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{x}\" y=\"{at}\" class=\"{kind}\">{WebUtility.HtmlEncode(text)}</text>\n");
    }
}
