using System.Globalization;
using OrleansChat.Client.Output;
using Spectre.Console.Rendering;
using static OrleansChat.Client.Tests.ClientRun;

namespace OrleansChat.Client.Tests;

/// <summary>What an inbox shows has left the mailbox: it must be all there, on a terminal of any width.</summary>
public sealed class InboxTableTests : IDisposable
{
    private readonly ClientRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    // A display name of 66 characters leaves no column for the text on 80.
    [InlineData(80, 66, "halo dunia")]
    // One of two columns for a character of two.
    [InlineData(80, 56, "漢")]
    [InlineData(1, 1, "漢字👨‍👩‍👧")]
    [InlineData(20, 10, "halo")]
    public async Task A_message_is_shown_whole_on_a_narrow_terminal(int width, int name, string text)
    {
        await using var server = new ScriptedServer(Inbox(new string('N', name), text), Empty);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal { Width = width };

        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "inbox"));

        Assert.Equal([$"{new string('N', name)} (messi): {text}"], terminal.Shown);
    }

    [Theory]
    [InlineData("halo")]
    [InlineData("a text of many words that is cut behind its spaces, wherever they   are, and   loses   none")]
    [InlineData("aVeryLongWordWithoutAnySpaceThatIsCutWhereverTheRowEndsAndGoesOnInTheNextOneAsIfNothingHadBeen")]
    [InlineData("漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字")]
    [InlineData(
        "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧 "
            + "🇩🇪🇩🇪 e\u0301e\u0301e\u0301 [red]markup[/] \\ and | and │")]
    [InlineData(
        "👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍"
            + "👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨‍👨 "
            + "one character, wider than a row")]
    public async Task A_message_is_shown_whole_on_every_width(string text)
    {
        foreach (var width in Enumerable.Range(1, 130))
        {
            await using var server = new ScriptedServer(Inbox("Jordan Henderson", text), Empty);
            _run.KeepToken(server.Port);
            var terminal = new FakeTerminal { Width = width };

            Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "inbox"));

            var shown = Assert.Single(terminal.Shown);
            Assert.Contains(Bare(text), Bare(shown), StringComparison.Ordinal);
            if (shown.Contains('╭', StringComparison.Ordinal))
                Assert.All(shown.Split('\n'), row => Assert.InRange(new Segment(row.TrimEnd('\r')).CellCount(), 0, width));
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(33)]
    public void Rows_put_together_are_the_text(int columns)
    {
        const string Text = "ab  c 漢字👨‍👩‍👧e\u0301 abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz     x";

        var rows = InboxTable.Rows(Text, columns).ToList();

        Assert.Equal(Text, string.Concat(rows));
        Assert.All(rows, row => Assert.InRange(new Segment(row).CellCount(), 1, columns));
    }

    // Without what is between the parts of a text that is cut into rows: blanks and the sender's empty cells.
    private static string Bare(string text)
    {
        var cells = text.Split('\n').Where(row => row.StartsWith('│'))
            .Select(row => row[..row.LastIndexOf('│')].Split('│', 3)).ToList();
        var bare = cells.Count > 0 ? string.Concat(cells.Select(cell => cell[^1])) : text;
        return string.Concat(bare.Where(unit => !char.IsWhiteSpace(unit)));
    }

    private static string Inbox(string name, string text) => string.Create(CultureInfo.InvariantCulture,
        $$$"""
        {"status": "OK", "messages": {"messi": [
        {"msg_from": "{{{name}}}", "msg_to": "H", "msg": "{{{text.Replace("\\", "\\\\", StringComparison.Ordinal)}}}"}]}}
        """);
}
