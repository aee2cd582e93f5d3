using OrleansChat.GatewayProgram;
using OrleansChat.Hosting.Settings;
using OrleansChat.Silo.Settings;

namespace OrleansChat.Tidy.Tests;

/// <summary>
/// An operator finds each setting in the docs: their table is made from what the settings say of themselves, as <c>--help</c> is.
/// </summary>
public sealed class SettingsTests
{
    private const string Begin = "<!-- settings -->", End = "<!-- /settings -->";

    [Fact]
    public void The_table_of_settings_in_the_docs_is_that_of_the_programs()
    {
        var page = Assert.Single(Directory.GetFiles(House.PathOf("docs"), "*.md", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains(Begin, StringComparison.Ordinal));
        var text = File.ReadAllText(page);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var table = Table();
        if (text[begin..end] == table) return;
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(page, text[..begin] + table + text[end..]);
        else Assert.Fail($"{page} is not up to date: run this test with UPDATE_DOCS=1, which writes the table again.");
    }

    /// <summary>Silos have all settings; gateways some of them.</summary>
    private static string Table()
    {
        var gateway = Setting.Of(new GatewayProgramOptions()).Select(setting => setting.Title).ToHashSet();
        var rows = Setting.Of(new ChatOptions()).GroupBy(setting => setting.Title).SelectMany(section => section.Select(Row)
            .Prepend($"| **{section.Key}**{(gateway.Contains(section.Key) ? "" : ", of silos only")} | | | |"));
        return string.Join('\n', ["", "| setting | environment | argument | default |", "| --- | --- | --- | --- |", .. rows, ""]);
    }

    private static string Row(Setting setting)
    {
        var value = setting.Value == "none" ? "none" : $"`{setting.Value}`";
        if (setting.IsRequired) value = "none: required";
        if (setting.Bounds.Length > 0) value += $" ({setting.Bounds})";
        var argument = setting.IsSecret ? "" : $"`{setting.Argument}` ";
        return $"| {setting.Description} | `{setting.Variable}` | {argument}| {value} |";
    }
}
