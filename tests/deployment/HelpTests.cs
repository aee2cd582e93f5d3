using System.Diagnostics;
using OrleansChat.GatewayProgram;
using OrleansChat.Hosting.Settings;
using OrleansChat.Silo.Settings;

namespace OrleansChat.Deployment.Tests;

/// <summary>A program that is asked for help describes its settings.</summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData("orleanschat-silo", "--help")]
    [InlineData("orleanschat-gateway", "--help")]
    [InlineData("orleanschat-gateway", "-h")]
    public async Task It_says_every_setting_with_its_default_and_ends(string program, string argument)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), [argument])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["Chat__DatabasePassword"] = start.Environment["Chat__Database"] = "hidden";
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(0, process.ExitCode);
        Assert.StartsWith($"Usage: {program} [--NAME VALUE]...", said, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", said, StringComparison.Ordinal);
        Assert.All(said.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        var words = string.Join(' ', said.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        Assert.All(Setting.Of(program == "orleanschat-silo" ? new ChatOptions() : new GatewayProgramOptions()), setting =>
        {
            Assert.Contains(setting.Variable, words, StringComparison.Ordinal);
            Assert.Equal(!setting.IsSecret, words.Contains($"{setting.Argument} ", StringComparison.Ordinal));
            Assert.Contains(setting.Description, words, StringComparison.Ordinal);
        });
        Assert.Contains("--idle-timeout (Chat__Limits__IdleTimeout) How long a connection may be silent; "
            + "0s for as long as its client's TCP answers. Default: 0s (1s to 30d, or 0s for none).", words, StringComparison.Ordinal);
    }
}
