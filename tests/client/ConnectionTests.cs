using static OrleansChat.Client.Tests.ClientRun;

namespace OrleansChat.Client.Tests;

/// <summary>Servers that are away, go away, say nothing or say nonsense.</summary>
public sealed class ConnectionTests : IDisposable
{
    private const string Users = """{"status": "OK", "user": ["messi"]}""";
    private const string UsersShown = """User yang sedang aktif : ["messi"]""";

    private readonly ClientRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task After_the_server_closed_the_next_command_connects_again_with_the_same_token()
    {
        await using var server = new ScriptedServer($"{LoggedIn}\r\n\r\n{Act.CloseAfter}", Users);
        var terminal = new FakeTerminal("auth messi surabaya", "listuser")
        {
            BeforeLine = line => line == "listuser" ? server.ConnectionEndedAsync() : Task.CompletedTask,
        };
        await _run.RunAsync(terminal, server.Port);
        Assert.Equal(UsersShown, terminal.Shown[^1]);
        Assert.Equal($"listuser {Token} \r\n", server.Lines[^1]);
    }

    [Fact]
    public async Task A_server_that_is_away_is_said_so_and_tried_again()
    {
        var port = ScriptedServer.FreePort();
        ScriptedServer? server = null;
        var terminal = new FakeTerminal("auth messi early", "auth messi surabaya", "listuser")
        {
            BeforeLine = line =>
            {
                if (line == "auth messi surabaya")
                    server = new ScriptedServer(port, [LoggedIn, Users]);
                return Task.CompletedTask;
            },
        };
        await _run.RunAsync(terminal, port);

        Assert.StartsWith($"Cannot reach the server at 127.0.0.1:{port}: ", terminal.Shown[0], StringComparison.Ordinal);
        Assert.EndsWith("The next command tries again.", terminal.Shown[0], StringComparison.Ordinal);
        Assert.Equal(UsersShown, terminal.Shown[^1]);
        await server!.DisposeAsync();
    }

    [Theory]
    [InlineData(Act.Reset)]
    [InlineData("{\"status\": \"OK\", \"mess" + Act.CloseAfter)]
    public async Task A_send_whose_reply_is_lost_is_unknown_and_the_prompt_goes_on(string fault)
    {
        await using var server = new ScriptedServer(LoggedIn, fault, Users);
        var terminal = new FakeTerminal("auth messi surabaya", "send henderson halo", "listuser");
        await _run.RunAsync(terminal, server.Port);
        Assert.EndsWith("Whether the message was sent is unknown.", terminal.Shown[1], StringComparison.Ordinal);
        Assert.Equal(UsersShown, terminal.Shown[2]);
        Assert.Equal($"Command {Token}:", terminal.Prompts[^1]);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_after_the_timeout()
    {
        await using var server = new ScriptedServer(Act.Silence);
        var terminal = new FakeTerminal();
        _run.KeepToken(server.Port);
        var running = _run.RunAsync(terminal, server.Port, "listuser", "--timeout", "7");
        await server.AskedAsync();
        _run.Time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(running.IsCompleted);
        _run.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(ExitCode.Unreachable, await running);
        Assert.Equal([$"127.0.0.1:{server.Port} does not answer."], terminal.Errors);
    }

    [Fact]
    public async Task Interrupting_a_command_of_the_prompt_keeps_the_prompt()
    {
        await using var server = new ScriptedServer(LoggedIn, Act.Silence);
        var terminal = new FakeTerminal("auth messi surabaya", "inbox");
        var running = _run.RunAsync(terminal, server.Port);
        await server.AskedAsync();
        await server.AskedAsync();
        await terminal.Interrupt.CancelAsync();
        Assert.Equal(ExitCode.Ok, await running);
        Assert.Equal("Interrupted: the outcome of the command is unknown.", terminal.Shown[^1]);
        await server.ConnectionEndedAsync();
        Assert.Equal("RST", server.Events[^1]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("halo")]
    [InlineData("{}")]
    [InlineData("""{"status": "MAYBE"}""")]
    [InlineData("""{"status": "OK"}""")]
    [InlineData("""{"status": "OK", "user": [1]}""")]
    [InlineData("{\"status\": \"OK\", \"user\": []}\r\n\r\n{}")]
    public async Task A_reply_of_another_protocol_is_told_not_thrown(string reply)
    {
        await using var server = new ScriptedServer(reply);
        var terminal = new FakeTerminal();
        _run.KeepToken(server.Port);
        Assert.Equal(ExitCode.Unreachable, await _run.RunAsync(terminal, server.Port, "listuser"));
        Assert.StartsWith("The server", Assert.Single(terminal.Errors), StringComparison.Ordinal);
    }
}
