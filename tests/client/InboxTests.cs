using static OrleansChat.Client.Tests.ClientRun;

namespace OrleansChat.Client.Tests;

/// <summary>
/// Messages leave the mailbox when the server sees an orderly end or another line: that must mean that they were shown.
/// </summary>
public sealed class InboxTests : IDisposable
{
    private readonly ClientRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_single_inbox_prints_every_page_and_ends_the_connection_in_order()
    {
        await using var server = new ScriptedServer(OneMessage, OneMessage, Empty);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal { IsInteractive = false };
        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "inbox"));
        Assert.Equal(["Lionel Messi (messi): Teknik Informatika", "Lionel Messi (messi): Teknik Informatika"], terminal.Shown);
        await server.ConnectionEndedAsync();
        var line = $"inbox {Token} \r\n";
        Assert.Equal([line, line, line, "FIN"], server.Events);
    }

    [Fact]
    public async Task What_could_not_be_printed_is_not_confirmed()
    {
        await using var server = new ScriptedServer(OneMessage, Empty);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal { OutputIsGone = true, IsInteractive = false };
        Assert.Equal(ExitCode.LocalFailure, await _run.RunAsync(terminal, server.Port, "inbox"));
        await server.ConnectionEndedAsync();
        Assert.Equal([$"inbox {Token} \r\n", "RST"], server.Events);
    }

    [Theory]
    [InlineData("""{"status": "OK", "messages": {"messi": [{"msg_from": "M", "msg_to": "H"}]}}""")]
    [InlineData("""{"status": "OK", "messages": {"messi": [{"msg_from": "M", "msg_to": "H", "msg": "\ud800"}]}}""")]
    [InlineData("""{"status": "OK", "messages": {"\ud800": [{"msg_from": "M", "msg_to": "H", "msg": "a"}]}}""")]
    public async Task What_cannot_be_shown_is_not_confirmed_when_the_prompt_ends(string reply)
    {
        await using var server = new ScriptedServer(LoggedIn, reply);
        await _run.RunAsync(new FakeTerminal("auth messi surabaya", "inbox"), server.Port);
        await server.ConnectionEndedAsync();
        Assert.Equal("RST", server.Events[^1]);
    }

    [Fact]
    public async Task Half_a_reply_is_not_confirmed()
    {
        await using var server = new ScriptedServer(OneMessage + "\r\n\r\n" + OneMessage, Empty);
        _run.KeepToken(server.Port);
        Assert.Equal(ExitCode.Unreachable, await _run.RunAsync(new FakeTerminal(), server.Port, "inbox"));
        await server.ConnectionEndedAsync();
        Assert.Equal("RST", server.Events[^1]);
    }

    [Fact]
    public async Task An_inbox_drained_by_a_server_that_still_lists_the_senders_is_empty()
    {
        await using var server = new ScriptedServer("""{"status": "OK", "messages": {"messi": []}}""");
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "inbox"));
        Assert.Equal(["No new messages."], terminal.Shown);
    }

    [Fact]
    public async Task Scripts_get_a_reply_a_line()
    {
        await using var server = new ScriptedServer(OneMessage, Empty);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "inbox", "--json"));
        Assert.Equal([OneMessage], terminal.Shown);
    }

    [Fact]
    public async Task Control_characters_and_markup_of_a_message_do_not_reach_the_terminal()
    {
        const string Nasty = """{"status": "OK", "messages": {"messi": [{"msg_from": "[red]M", "msg_to": "H","""
            + """ "msg": "a\u001b[2Jb\u009b\u202e[bold]\ud83d\ude00"}]}}""";
        await using var server = new ScriptedServer(Nasty, Empty, Nasty, Empty, LoggedIn, Nasty);
        _run.KeepToken(server.Port);
        var person = new FakeTerminal();
        var pipe = new FakeTerminal { IsInteractive = false };
        var prompt = new FakeTerminal("auth messi surabaya", "inbox");
        await _run.RunAsync(person, server.Port, "inbox");
        await _run.RunAsync(pipe, server.Port, "inbox");
        await _run.RunAsync(prompt, server.Port);

        Assert.Equal("""[red]M (messi): a\u001b[2Jb\u009b\u202e[bold]😀""", Assert.Single(pipe.Shown));
        Assert.Contains("""│ [red]M (messi) │ a\u001b[2Jb\u009b\u202e[bold]😀""",
            Assert.Single(person.Shown), StringComparison.Ordinal);
        Assert.Contains("""a\u001b[2Jb\u009b\u202e[bold]\ud83d""", prompt.Shown[^1], StringComparison.Ordinal);
        Assert.All([person.Everything, pipe.Everything, prompt.Everything], text =>
            Assert.DoesNotContain(text, c => (char.IsControl(c) && c is not ('\n' or '\r')) || c == '\u202e'));
    }
}
