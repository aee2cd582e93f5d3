using static OrleansChat.Client.Tests.ClientRun;

namespace OrleansChat.Client.Tests;

/// <summary>The prompt against the texts and the lines of the service's documentation.</summary>
public sealed class PromptTests : IDisposable
{
    private readonly ClientRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task The_documented_conversation_is_reproduced_byte_for_byte()
    {
        await using var server = new ScriptedServer(
            """{"status": "ERROR", "message": "Password Salah"}""",
            LoggedIn,
            Sent,
            OneMessage,
            """{"status": "OK", "user": ["messi", "henderson"]}""",
            """{"status": "OK", "messages": "User messi berhasil Logout"}""");
        var terminal = new FakeTerminal(
            "auth messi jakarta", "auth messi surabaya", "send henderson Teknik Informatika", "inbox", "listuser", "logout");

        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port));

        Assert.Equal(
            [
                "Error, Password Salah",
                $"username messi logged in, token {Token} ",
                "message sent to henderson",
                """{"messi": [{"msg_from": "Lionel Messi", "msg_to": "Jordan Henderson", "msg": "  Teknik Informatika \r\n"}]}""",
                """User yang sedang aktif : ["messi", "henderson"]""",
                "User messi berhasil Logout",
            ],
            terminal.Shown);
        var loggedIn = $"Command {Token}:";
        Assert.Equal(["Command :", "Command :", loggedIn, loggedIn, loggedIn, loggedIn, "Command :"], terminal.Prompts);
        await server.ConnectionEndedAsync();
        Assert.Equal(
            [
                "auth messi jakarta \r\n",
                "auth messi surabaya \r\n",
                $"send {Token} henderson  Teknik Informatika \r\n",
                $"inbox {Token} \r\n",
                $"listuser {Token} \r\n",
                $"logout {Token} \r\n",
                "FIN",
            ],
            server.Events);
    }

    [Theory]
    [InlineData("send henderson halo")]
    [InlineData("inbox")]
    [InlineData("listuser")]
    [InlineData("logout")]
    [InlineData("sendonce id henderson halo")]
    public async Task Without_a_login_nothing_is_asked(string command)
    {
        await using var server = new ScriptedServer();
        var terminal = new FakeTerminal(command);
        await _run.RunAsync(terminal, server.Port);
        Assert.Equal(["Error, not authorized"], terminal.Shown);
        Assert.Equal(["Log in first: auth USER."], terminal.Errors);
        await server.ConnectionEndedAsync();
        Assert.Equal(["FIN"], server.Events);
    }

    [Theory]
    [InlineData("halo", "*Maaf, command tidak benar")]
    [InlineData("Auth messi surabaya", "*Maaf, command tidak benar")]
    [InlineData("auth", "-Maaf, command tidak benar")]
    [InlineData("send", "-Maaf, command tidak benar")]
    [InlineData("sendonce id", "-Maaf, command tidak benar")]
    public async Task A_wrong_command_gets_the_documented_text(string command, string text)
    {
        var terminal = new FakeTerminal(command);
        await _run.RunAsync(terminal, ScriptedServer.FreePort());
        Assert.Equal([text], terminal.Shown);
    }

    [Fact]
    public async Task Blank_lines_say_nothing_and_exit_leaves()
    {
        var terminal = new FakeTerminal("", "   ", "quit", "halo");
        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, ScriptedServer.FreePort()));
        Assert.Empty(terminal.Shown);
        Assert.Equal(3, terminal.Prompts.Count);
    }

    [Fact]
    public async Task Spaces_in_a_text_are_sent_as_typed()
    {
        await using var server = new ScriptedServer(LoggedIn, Sent, Sent);
        await _run.RunAsync(new FakeTerminal("auth messi surabaya", "send henderson  a   b ", "send henderson"), server.Port);
        Assert.Equal([$"send {Token} henderson   a   b  \r\n", $"send {Token} henderson  \r\n"], server.Lines[1..]);
    }

    [Fact]
    public async Task A_password_is_asked_for_unseen_and_never_remembered()
    {
        await using var server = new ScriptedServer(LoggedIn, LoggedIn, LoggedIn);
        var terminal = new FakeTerminal("auth messi", "auth messi surabaya", " AUTH  messi surabaya", "auth", "listuse");
        terminal.Secrets.Enqueue("surabaya");

        await _run.RunAsync(terminal, server.Port);

        Assert.Equal(["auth messi surabaya \r\n", "auth messi surabaya \r\n"], server.Lines);
        Assert.Equal(["auth messi", "auth messi", "AUTH messi", "auth", "listuse"], terminal.Remembered);
        Assert.DoesNotContain("surabaya", terminal.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_pipe_the_next_command_is_not_taken_for_a_password()
    {
        var terminal = new FakeTerminal("auth messi", "halo") { IsInteractive = false };
        await _run.RunAsync(terminal, ScriptedServer.FreePort());
        Assert.Equal(["-Maaf, command tidak benar", "*Maaf, command tidak benar"], terminal.Shown);
    }

    [Fact]
    public async Task A_session_that_the_server_has_forgotten_is_forgotten_at_logout()
    {
        await using var server = new ScriptedServer(LoggedIn, """{"status": "ERROR", "message": "Informasi tidak ditemukan"}""");
        var terminal = new FakeTerminal("auth messi surabaya", "logout");
        await _run.RunAsync(terminal, server.Port);
        Assert.Equal("Error, Informasi tidak ditemukan", terminal.Shown[^1]);
        Assert.Equal("Command :", terminal.Prompts[^1]);
    }

    [Fact]
    public async Task Help_names_every_command()
    {
        var terminal = new FakeTerminal("help");
        await _run.RunAsync(terminal, ScriptedServer.FreePort());
        foreach (var name in new[] { "auth", "send", "sendonce", "inbox", "listuser", "logout", "help", "exit" })
            Assert.Contains(terminal.Shown, line => line.StartsWith(name, StringComparison.Ordinal));
    }
}
