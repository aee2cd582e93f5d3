using OrleansChat.Client.Commands;
using static OrleansChat.Client.Tests.ClientRun;

namespace OrleansChat.Client.Tests;

/// <summary>Words of the command line are done as given, or refused: none is swallowed, and none does something else.</summary>
public sealed class SentTextTests : IDisposable
{
    private readonly ClientRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("look", "at", "--host=evil.example")]
    [InlineData("--host", "evil.example")]
    [InlineData("--port:1", "-h")]
    [InlineData("-?")]
    [InlineData("/?")]
    [InlineData("/h")]
    [InlineData("-h")]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("--json")]
    [InlineData("--once")]
    [InlineData("--once", "id")]
    [InlineData("--tls")]
    [InlineData("--tls-ca", "F")]
    [InlineData("--token-file", "F")]
    [InlineData("--", "two")]
    [InlineData("one", "--")]
    [InlineData("@file")]
    [InlineData("[suggest]")]
    [InlineData("")]
    [InlineData("a", "", "b")]
    public async Task After_the_recipient_every_word_is_text(params string[] words)
    {
        await using var server = new ScriptedServer(Sent);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, ["send", "henderson", .. words]));

        Assert.Equal([$"send {Token} henderson  {string.Join(' ', words)} \r\n"], server.Lines);
        Assert.Equal(["message sent to henderson"], terminal.Shown);
    }

    [Theory]
    [InlineData("--once", "id")]
    [InlineData("--once=id")]
    [InlineData("--once:id")]
    [InlineData("--timeout", "7", "--once", "id", "--")]
    public async Task Before_the_recipient_options_are_options(params string[] options)
    {
        await using var server = new ScriptedServer(Sent);
        _run.KeepToken(server.Port);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync(new FakeTerminal(), server.Port, ["send", .. options, "henderson", "--once", "x"]));

        Assert.Equal([$"sendonce {Token} id henderson  --once x \r\n"], server.Lines);
    }

    [Fact]
    public async Task A_recipient_after_a_flag_is_not_the_flags_value()
    {
        await using var server = new ScriptedServer(Sent);
        _run.KeepToken(server.Port);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync(new FakeTerminal(), server.Port, "send", "--json", "true", "false"));

        Assert.Equal([$"send {Token} true  false \r\n"], server.Lines);
    }

    [Theory]
    [InlineData("auth", "messi", "-h")]
    [InlineData("auth", "-?", "messi")]
    [InlineData("-h", "send", "henderson", "halo")]
    [InlineData("send", "/?", "henderson", "halo")]
    [InlineData("--tls=no", "inbox")]
    [InlineData("inbox", "--json=no")]
    [InlineData("inbox", "now")]
    [InlineData("[suggest]", "inbox")]
    [InlineData("--host", "", "inbox")]
    public async Task What_would_do_something_else_is_refused(params string[] arguments)
    {
        await using var server = new ScriptedServer();
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.Usage, await _run.RunAsync(terminal, server.Port, arguments));

        Assert.NotEmpty(terminal.Errors);
        Assert.Empty(server.Events);
    }

    [Theory]
    [InlineData("[suggest]")]
    [InlineData("[diagram]")]
    [InlineData("[x]")]
    public async Task No_word_in_brackets_is_passed_over(string word)
    {
        var terminal = new FakeTerminal();
        Assert.Equal((int)ExitCode.Usage, await new CommandLine(terminal, _ => null, _run.Time).RunAsync([word, "inbox"]));
        Assert.Equal([$"Unknown command '{word}'.", "Try --help."], terminal.Errors);
    }
}
