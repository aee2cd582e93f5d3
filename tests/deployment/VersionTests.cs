using System.Diagnostics;
using System.Xml.Linq;

namespace OrleansChat.Deployment.Tests;

/// <summary>Each program says the one version.</summary>
public sealed class VersionTests
{
    [Theory]
    [InlineData("orleanschat-silo")]
    [InlineData("orleanschat-gateway")]
    [InlineData("orleanschat-admin")]
    [InlineData("chat-client")]
    public async Task A_program_says_its_version(string program)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), ["--version"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, Version + Environment.NewLine), (process.ExitCode, said));
    }

    [Fact]
    public void No_project_has_one_of_its_own() =>
        Assert.All(Checkout.Projects, project => Assert.DoesNotContain(
            project.Descendants(), element => element.Name.LocalName.EndsWith("Version", StringComparison.Ordinal)));

    private static string Version => XDocument.Load(Checkout.Find("Directory.Build.props")).Descendants("Version").Single().Value;
}
