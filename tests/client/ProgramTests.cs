using System.Diagnostics;

namespace OrleansChat.Client.Tests;

/// <summary>The program itself, with bytes that no other test can hand it: arguments and input that are not UTF-8.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly ClientRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("C.UTF-8", @"'h\303\244lo'", "h\u00e4lo")]
    [InlineData("C.UTF-8", @"'h\357\277\275lo'", "h\ufffdlo")]
    [InlineData("C.UTF-8", @"'h\344lo'", null)]
    [InlineData("de_DE.ISO-8859-1", @"'h\344lo'", "h\u00e4lo")]
    public async Task A_text_is_sent_as_it_was_given_or_not_at_all(string locale, string bytes, string? text)
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var server = new ScriptedServer(ClientRun.Sent, ClientRun.Sent);
        _run.KeepToken(server.Port);

        var asArgument = await RunAsync(locale, server.Port, $"send henderson \"$(printf {bytes})\" < /dev/null");
        var fromInput = await RunAsync(locale, server.Port, $"send henderson", $"printf {bytes} |");

        Assert.Equal(text is null ? ExitCode.Usage : ExitCode.Ok, asArgument.Code);
        Assert.Equal(asArgument.Code, fromInput.Code);
        var line = $"send {ClientRun.Token} henderson  {text} \r\n";
        Assert.Equal(text is null ? [] : new[] { line, line }, server.Lines);
        Assert.Equal(
            text is null ? ("Argument 5 is not UTF-8.", "Standard input: line 1 is not UTF-8.") : ("", ""),
            (asArgument.Errors, fromInput.Errors));
    }

    private async Task<(ExitCode Code, string Errors)> RunAsync(string locale, int port, string arguments, string before = "")
    {
        var program = Path.Combine(AppContext.BaseDirectory, "chat-client.dll");
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{before} dotnet '{program}' --port {port} {arguments}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = locale;
        start.Environment["XDG_STATE_HOME"] = _run.StateFolder;
        start.Environment.Remove("ORLEANSCHAT_TOKEN");
        using var process = Process.Start(start)!;
        var outputs = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync())
            .WaitAsync(ScriptedServer.Safety);
        await process.WaitForExitAsync().WaitAsync(ScriptedServer.Safety);
        return ((ExitCode)process.ExitCode, outputs[1].TrimEnd());
    }
}
