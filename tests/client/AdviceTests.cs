using static OrleansChat.Client.Tests.ClientRun;

namespace OrleansChat.Client.Tests;

/// <summary>What a person reads who cannot know what an error means.</summary>
public sealed class AdviceTests : IDisposable
{
    private const string TooMany = """{"status": "ERROR", "message": "Terlalu Banyak Percobaan"}""";
    private const string NoSession = """{"status": "ERROR", "message": "Informasi tidak ditemukan"}""";

    private readonly ClientRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("auth messi x", TooMany, "one more attempt per minute")]
    [InlineData("listuser", TooMany, "Wait a few seconds")]
    [InlineData("listuser", NoSession, "log in again")]
    [InlineData("send henderson halo", Unavailable, "Whether the message was sent is unknown")]
    public async Task An_error_says_what_can_be_done_beside_the_documented_text(string command, string reply, string advice)
    {
        await using var server = new ScriptedServer(LoggedIn, reply);
        var person = new FakeTerminal("auth messi surabaya", command);
        await _run.RunAsync(person, server.Port);
        Assert.StartsWith("Error, ", person.Shown[^1], StringComparison.Ordinal);
        Assert.Contains(advice, Assert.Single(person.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_get_no_advice()
    {
        await using var server = new ScriptedServer(TooMany, NoSession);
        var script = new FakeTerminal("auth messi x") { IsInteractive = false };
        await _run.RunAsync(script, server.Port);
        Assert.Empty(script.Errors);
        _run.KeepToken(server.Port);
        var json = new FakeTerminal();
        await _run.RunAsync(json, server.Port, "listuser", "--json");
        Assert.Empty(json.Errors);
    }

    [Fact]
    public async Task Ctrl_C_at_the_password_sends_nothing_and_says_so()
    {
        await using var server = new ScriptedServer();
        var terminal = new FakeTerminal("auth messi") { InterruptsSecrets = true };
        await _run.RunAsync(terminal, server.Port);
        Assert.Equal(["Interrupted: nothing was sent."], terminal.Shown);
        Assert.Empty(server.Events);
    }

    [Fact]
    public async Task An_interrupted_send_is_unknown_for_a_single_command_too()
    {
        await using var server = new ScriptedServer(Act.Silence);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        var running = _run.RunAsync(terminal, server.Port, "send", "henderson", "halo");
        await server.AskedAsync();
        await terminal.Interrupt.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await running);
        Assert.Equal(["Interrupted: the outcome of the command is unknown."], terminal.Errors);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_any_answer_may_be_one_for_TLS()
    {
        await using var server = new ScriptedServer("\u0015\u0003" + Act.CloseAfter);
        _run.KeepToken(server.Port);
        var terminal = new FakeTerminal();
        Assert.Equal(ExitCode.Unreachable, await _run.RunAsync(terminal, server.Port, "listuser"));
        Assert.Contains("--tls", Assert.Single(terminal.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_bytes_that_are_not_text_is_not_sent()
    {
        await using var server = new ScriptedServer();
        var file = Path.Combine(_run.StateFolder, "mine");
        File.WriteAllBytes(file, [(byte)'a', 0xE4]);
        Assert.Equal(ExitCode.LocalFailure, await _run.RunAsync(new FakeTerminal(), server.Port, "inbox", "--token-file", file));
        Assert.Empty(server.Events);
    }
}
