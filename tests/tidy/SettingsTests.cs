using System.Text.RegularExpressions;
using OrleansChat.Silo;

namespace OrleansChat.Tidy.Tests;

/// <summary>An operator finds each setting in docs/operating/running.md.</summary>
public sealed partial class SettingsTests
{
    public static TheoryData<string> Names =>
        [.. typeof(ChatOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_setting_is_documented(string name)
    {
        var docs = File.ReadAllText(House.PathOf("docs/operating/running.md"));
        var argument = $"--{WordStart().Replace(name, "-$0").ToLowerInvariant()}";
        Assert.True(
            docs.Contains($"`{argument}", StringComparison.Ordinal) || docs.Contains($"`Chat__{name}`", StringComparison.Ordinal),
            $"docs/operating/running.md has no row for {argument}.");
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
