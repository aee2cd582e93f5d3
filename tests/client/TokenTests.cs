using static OrleansChat.Client.Tests.ClientRun;

namespace OrleansChat.Client.Tests;

/// <summary>Where tokens and passwords are kept, and where not.</summary>
public sealed class TokenTests : IDisposable
{
    private const string LoggedOut = """{"status": "OK", "messages": "User messi berhasil Logout"}""";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly ClientRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_login_keeps_its_token_for_the_owners_eyes_and_a_logout_removes_it()
    {
        await using var server = new ScriptedServer(LoggedIn, LoggedOut);
        var file = _run.TokenFile(server.Port);
        var terminal = new FakeTerminal();
        terminal.Secrets.Enqueue("surabaya");

        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "auth", "messi"));

        Assert.Equal(["auth messi surabaya \r\n"], server.Lines);
        Assert.Equal(["username messi logged in"], terminal.Shown);
        Assert.Equal(Token, File.ReadAllText(file).Trim());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
            Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
        }
        Assert.DoesNotContain("surabaya", terminal.Everything, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "logout"));
        Assert.Equal($"logout {Token} \r\n", server.Lines[^1]);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public async Task A_file_that_others_could_read_is_replaced()
    {
        await using var server = new ScriptedServer(LoggedIn);
        var file = Path.Combine(_run.StateFolder, "mine");
        File.WriteAllText(file, "old");
        var terminal = new FakeTerminal();
        terminal.Secrets.Enqueue("surabaya");
        Assert.Equal(ExitCode.Ok, await _run.RunAsync(terminal, server.Port, "auth", "messi", "--token-file", file));
        Assert.Equal(Token, File.ReadAllText(file).Trim());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_password_as_an_argument_is_refused_and_not_repeated()
    {
        await using var server = new ScriptedServer();
        var terminal = new FakeTerminal();
        Assert.Equal(ExitCode.Usage, await _run.RunAsync(terminal, server.Port, "auth", "messi", "surabaya"));
        Assert.DoesNotContain("surabaya", terminal.Everything, StringComparison.Ordinal);
        Assert.Empty(server.Lines);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("surabaya\r\nlogout")]
    public async Task A_password_that_is_no_word_is_wrong_usage(string password)
    {
        await using var server = new ScriptedServer();
        var terminal = new FakeTerminal();
        terminal.Secrets.Enqueue(password);
        Assert.Equal(ExitCode.Usage, await _run.RunAsync(terminal, server.Port, "auth", "messi"));
        Assert.Empty(server.Lines);
    }

    [Fact]
    public async Task A_token_is_not_shown_to_another_server()
    {
        await using var server = new ScriptedServer();
        _run.KeepToken(server.Port);
        Assert.Equal(ExitCode.Refused, await _run.RunAsync(new FakeTerminal(), server.Port, "inbox", "--host", "localhost"));
        Assert.Empty(server.Lines);
    }

    [Fact]
    public async Task The_environments_token_goes_before_the_usual_file_and_not_before_a_named_one()
    {
        await using var server = new ScriptedServer(Empty, Empty);
        using var run = new ClientRun { EnvironmentToken = "from-environment" };
        run.KeepToken(server.Port);
        await run.RunAsync(new FakeTerminal(), server.Port, "inbox");
        await run.RunAsync(new FakeTerminal(), server.Port, "inbox", "--token-file", run.TokenFile(server.Port));
        Assert.Equal(["inbox from-environment \r\n", $"inbox {Token} \r\n"], server.Lines);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\nlogout a")]
    public async Task A_file_that_holds_no_token_is_not_sent(string content)
    {
        await using var server = new ScriptedServer();
        var file = Path.Combine(_run.StateFolder, "mine");
        File.WriteAllText(file, content);
        Assert.Equal(ExitCode.LocalFailure, await _run.RunAsync(new FakeTerminal(), server.Port, "inbox", "--token-file", file));
        Assert.Empty(server.Lines);
    }

    [Fact]
    public async Task The_prompt_leaves_no_file_behind_unless_told()
    {
        await using var server = new ScriptedServer(LoggedIn);
        await _run.RunAsync(new FakeTerminal("auth messi surabaya"), server.Port);
        Assert.Empty(Directory.GetFileSystemEntries(_run.StateFolder));
    }
}
