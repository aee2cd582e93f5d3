using System.Text.RegularExpressions;
using OrleansChat.Silo;

namespace OrleansChat.Tidy.Tests;

/// <summary>An operator finds each setting in docs/operating/settings.md, or, if it is a limit, in docs/operating/limits.md.</summary>
public sealed partial class SettingsTests
{
    private static readonly string[] Pages = ["docs/operating/settings.md", "docs/operating/limits.md"];

    public static TheoryData<string> Names =>
        [.. typeof(ChatOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_setting_is_documented(string name)
    {
        var docs = string.Concat(Pages.Select(page => File.ReadAllText(House.PathOf(page))));
        var argument = $"--{WordStart().Replace(name, "-$0").ToLowerInvariant()}";
        Assert.True(
            docs.Contains($"`{argument}", StringComparison.Ordinal) || docs.Contains($"`Chat__{name}`", StringComparison.Ordinal),
            $"Neither {string.Join(" nor ", Pages)} has a row for {argument}.");
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
