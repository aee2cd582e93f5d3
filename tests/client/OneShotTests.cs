using static OrleansChat.Client.Tests.ClientRun;

namespace OrleansChat.Client.Tests;

/// <summary>Single commands: output, exit codes, what reaches the server.</summary>
public sealed class OneShotTests : IDisposable
{
    private const string Receipt = """{"status": "OK", "message": "Message Sent", "id": "x", "durability": "flushed"}""";

    private readonly ClientRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_message_from_the_command_line_is_sent_as_the_prompt_sends_it()
    {
        await using var server = new ScriptedServer(Sent);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "send", "henderson", "@halo", "dunia"));
        Assert.Equal(["message sent to henderson"], terminal.Shown);
        Assert.Equal([$"send {Token} henderson  @halo dunia \r\n"], server.Lines);
    }

    [Theory]
    [InlineData("halo\n")]
    [InlineData("halo\r\n")]
    [InlineData("halo")]
    public async Task A_message_from_the_standard_input_loses_its_line_end(string input)
    {
        await using var server = new ScriptedServer(Sent);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal { IsInteractive = false, Input = input };
        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "send", "henderson"));
        Assert.Equal([$"send {Token} henderson  halo \r\n"], server.Lines);
    }

    [Theory]
    [InlineData("send", "henderson", "two\nlines")]
    [InlineData("send", "henderson", "two\rlines")]
    [InlineData("send", "hen derson", "halo")]
    [InlineData("send", "--once", "a b", "henderson", "halo")]
    [InlineData("send")]
    [InlineData("sned")]
    [InlineData("listuser", "--port", "70000")]
    [InlineData("listuser", "--timeout", "soon")]
    public async Task What_cannot_be_a_line_or_a_command_is_wrong_usage_and_sends_nothing(params string[] arguments)
    {
        await using var server = new ScriptedServer();
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        Assert.Equal(ExitCode.Usage, await _run.RunAsync(terminal, server.Port, arguments));
        Assert.NotEmpty(terminal.Errors);
        Assert.Empty(server.Lines);
    }

    [Fact]
    public async Task A_refusal_is_told_on_the_standard_error()
    {
        await using var server = new ScriptedServer("""{"status": "ERROR", "message": "User Tidak Ditemukan"}""");
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        Assert.Equal(ExitCode.Refused, await _run.RunAsync(terminal, server.Port, "send", "erick", "halo"));
        Assert.Empty(terminal.Shown);
        Assert.Equal(["Error, User Tidak Ditemukan"], terminal.Errors);
    }

    [Fact]
    public async Task A_server_that_is_away_and_a_missing_login_have_their_exit_codes()
    {
        await using (var server = new ScriptedServer())
        {
            var stranger = new FakeTerminal();
            Assert.Equal(ExitCode.Refused, await _run.RunAsync(stranger, server.Port, "inbox"));
            Assert.Equal(["Error, not authorized", "Log in first: auth USER."], stranger.Errors);
        }
        // Nobody is logged in on a port that is mistaken, either: the port is what to tell.
        var port = ScriptedServer.FreePort();
        Assert.Equal(ExitCode.Unreachable, await _run.RunAsync(new FakeTerminal(), port, "inbox"));
        _run.KeepToken(port);
        Assert.Equal(ExitCode.Unreachable, await _run.RunAsync(new FakeTerminal(), port, "inbox"));
        Assert.Equal(ExitCode.Unreachable, await _run.RunAsync(new FakeTerminal(), port, "send", "henderson", "halo"));
    }

    [Theory]
    [InlineData(Act.Reset)]
    [InlineData(Unavailable)]
    public async Task A_send_without_an_answer_has_the_exit_code_for_unknown(string answer)
    {
        await using var server = new ScriptedServer(answer);
        _run.KeepToken(server.Port);
        Assert.Equal(ExitCode.Unknown, await _run.RunAsync(new FakeTerminal(), server.Port, "send", "henderson", "halo"));
        Assert.Single(server.Lines);
    }

    [Fact]
    public async Task A_repeatable_send_asks_again_with_the_same_id()
    {
        await using var server = new ScriptedServer(Act.Reset, Receipt);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "send", "--once", "id-1", "henderson", "halo"));
        var line = $"sendonce {Token} id-1 henderson  halo \r\n";
        Assert.Equal([line, line], server.Lines);
    }

    [Fact]
    public async Task A_repeatable_send_that_fails_twice_is_unknown()
    {
        await using var server = new ScriptedServer(Act.Reset, Act.Reset);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        Assert.Equal(ExitCode.Unknown, await _run.RunAsync(terminal, server.Port, "send", "--once", "id-1", "henderson", "halo"));
        Assert.Contains("same ID", Assert.Single(terminal.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_command_has_the_exit_code_of_an_interrupt()
    {
        await using var server = new ScriptedServer(Act.Silence);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        var running = _run.RunAsync(terminal, server.Port, "listuser");
        await server.AskedAsync();
        await terminal.Interrupt.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await running);
    }

    [Fact]
    public async Task Users_are_one_a_line()
    {
        await using var server = new ScriptedServer("""{"status": "OK", "user": ["messi", "henderson"]}""");
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "listuser"));
        Assert.Equal(["messi", "henderson"], terminal.Shown);
    }

    [Theory]
    [InlineData("listuser", """{"status": "OK", "user": ["messi"], "x": "\u001b"}""", 0)]
    [InlineData("logout", """{"status": "ERROR", "message": "Informasi tidak ditemukan"}""", 1)]
    public async Task Json_is_the_servers_own_text(string command, string reply, int exitCode)
    {
        await using var server = new ScriptedServer(reply);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        Assert.Equal((ExitCode)exitCode, await _run.RunAsync(terminal, server.Port, command, "--json"));
        Assert.Equal([reply], terminal.Shown);
        Assert.Empty(terminal.Errors);
    }
}
