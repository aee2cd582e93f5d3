using System.Text.RegularExpressions;

namespace OrleansChat.Tidy.Tests;

/// <summary>Plain words in code, documents and scripts: CONTRIBUTING.md has the table.</summary>
public sealed class WordTests
{
    private static readonly (Regex Pattern, string Instead)[] Words =
    [
        (Pattern(@"\bwhoever\b"), "anyone who"),
        (Pattern(@"\banew\b"), "again"),
        (Pattern(@"\bso many\b"), "the number"),
        (Pattern(@"\bunless told\b"), "by default"),
        (Pattern(@"(?<!\bthere )\bis no (valid|name|setting|option|address|argument|token|number|room|step)\b"), "is not a valid ..."),
        (Pattern(@"\b(\d|N|lines|messages|logins|times|sends|connections) a (second|minute|hour)\b"), "per second"),
    ];

    // The table of words itself, and what older versions said.
    private static readonly string[] Quotes =
        ["CHANGELOG.md", "CONTRIBUTING.md", "tests/tidy/WordTests.cs", "tests/benchmarks/VersionTests.cs"];

    [Fact]
    public void Words_are_plain() => House.IsTidy(House.Texts().Except(Quotes)
        .SelectMany(path => File.ReadLines(House.PathOf(path)).Select((line, i) => (Place: $"{path}:{i + 1}", Line: line)))
        .SelectMany(line => Words.Where(word => word.Pattern.IsMatch(line.Line))
            .Select(word => $"{line.Place} says '{word.Pattern.Match(line.Line).Value}': write '{word.Instead}'")));

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}
