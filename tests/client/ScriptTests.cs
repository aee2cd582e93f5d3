using OrleansChat.Terminal.Input;
using static OrleansChat.Client.Tests.ClientRun;

namespace OrleansChat.Client.Tests;

/// <summary>The prompt's commands from a file or a pipe: what programs read of them, and the exit code.</summary>
public sealed class ScriptTests : IDisposable
{
    private const string WrongPassword = """{"status": "ERROR", "message": "Password Salah"}""";

    private readonly ClientRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_script_that_asks_for_JSON_gets_the_replies_and_nothing_else()
    {
        await using var server = new ScriptedServer(WrongPassword, LoggedIn, Sent);
        var terminal = Script("auth messi x", "auth messi surabaya", "lsituser", "auth", "help", "send henderson halo");

        Assert.Equal(ExitCode.Usage, await _run.RunAsync(terminal, server.Port, "--json"));

        Assert.Equal([WrongPassword, LoggedIn, Sent], terminal.Shown);
        Assert.All(terminal.Prompts, prompt => Assert.Equal("", prompt));
        Assert.Equal(["*Maaf, command tidak benar", "-Maaf, command tidak benar"], terminal.Errors[..2]);
    }

    [Theory]
    [InlineData(0, LoggedIn)]
    [InlineData(1, WrongPassword)]
    [InlineData(3, Act.Reset)]
    public async Task A_script_goes_on_after_a_failed_command_and_ends_with_its_exit_code(int exitCode, string answer)
    {
        await using var server = new ScriptedServer(answer, LoggedIn);
        Assert.Equal((ExitCode)exitCode, await _run.RunAsync(Script("auth messi surabaya", "auth messi surabaya"), server.Port));
        Assert.Equal(2, server.Lines.Length);
    }

    [Fact]
    public async Task The_gravest_outcome_of_a_script_is_its_exit_code()
    {
        await using var server = new ScriptedServer(LoggedIn, Unavailable, WrongPassword);
        var script = Script("auth messi surabaya", "send henderson halo", "auth messi x", "huh");
        Assert.Equal(ExitCode.Unknown, await _run.RunAsync(script, server.Port));
    }

    [Fact]
    public async Task A_person_who_has_read_of_a_failure_leaves_with_0()
    {
        await using var server = new ScriptedServer(WrongPassword);
        Assert.Equal(ExitCode.Ok, await _run.RunAsync(new FakeTerminal("auth messi x"), server.Port));
    }

    [Fact]
    public async Task A_line_that_is_not_text_is_refused_and_the_script_goes_on()
    {
        await using var server = new ScriptedServer(LoggedIn);
        var terminal = new FakeTerminal("broken", "auth messi surabaya")
        {
            IsInteractive = false,
            BeforeLine = line => line != "broken" ? Task.CompletedTask
                : throw new NotTextException("Standard input: line 1", InputEncoding.Utf8),
        };

        Assert.Equal(ExitCode.Usage, await _run.RunAsync(terminal, server.Port));

        Assert.Equal("Standard input: line 1 is not UTF-8.", terminal.Shown[0]);
        Assert.Equal(["auth messi surabaya \r\n"], server.Lines);
    }

    private static FakeTerminal Script(params string[] lines) => new(lines) { IsInteractive = false };
}
