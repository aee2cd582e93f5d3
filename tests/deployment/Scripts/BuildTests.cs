namespace OrleansChat.Deployment.Tests.Scripts;

/// <summary>The commands build what is not built yet, and start at once what is.</summary>
public sealed class BuildTests : IDisposable
{
    private const string Project =
        """<Project><ItemGroup><ProjectReference Include="../lib/Lib.csproj" />"""
        + """<Compile Include="../linked/**/*.cs" /></ItemGroup></Project>""";

    private readonly ScriptCheckout _checkout = new();

    public BuildTests()
    {
        _checkout.Write("app/App.csproj", Project);
        _checkout.Write("app/App.cs", "app");
        _checkout.Write("app/Deep/Other.cs", "other");
        _checkout.Write("lib/Lib.csproj", "<Project />");
        _checkout.Write("lib/Lib.cs", "lib");
        _checkout.Write("linked/Sub/Linked.cs", "linked");
        _checkout.Write("unrelated/Unrelated.cs", "unrelated");
        // Builds as dotnet does: writes the program.
        _checkout.Replace("dotnet", """
            echo "$1" >>"$CHECKOUT/calls"
            [ ! -e "$CHECKOUT/broken" ] || { echo 'App.cs(1,1): error CS0001'; exit 1; }
            mkdir -p "$CHECKOUT/artifacts/bin/App/release" && date +%N >"$CHECKOUT/artifacts/bin/App/release/App.dll"
            """);
    }

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public async Task What_is_built_is_not_built_again()
    {
        await BuildAsync();
        _checkout.Write("unrelated/Unrelated.cs", "changed");
        _checkout.Write("README.md", "changed");
        await BuildAsync();
        Assert.Equal("build\n", _checkout.Read("calls"));
    }

    [Fact]
    public async Task What_was_built_with_everything_is_not_built_again_until_something_changes()
    {
        _checkout.Write("OrleansChat.sln", "\"app\\App.csproj\" \"unrelated\\Unrelated.csproj\"");
        await BuildAsync("OrleansChat.sln");
        await BuildAsync();
        Assert.Equal("build\n", _checkout.Read("calls"));

        _checkout.Write("unrelated/Unrelated.cs", "changed");
        await BuildAsync();
        await BuildAsync();
        Assert.Equal("build\nbuild\n", _checkout.Read("calls"));
    }

    [Theory]
    [InlineData("echo changed >>app/App.cs")]
    [InlineData("touch -d '2 years ago' app/App.cs")]
    [InlineData("rm app/Deep/Other.cs")]
    [InlineData("mv app/Deep/Other.cs app/Deep/Renamed.cs")]
    [InlineData("echo new >app/Deep/New.cs")]
    [InlineData("echo changed >>app/App.csproj")]
    [InlineData("echo changed >>lib/Lib.cs")]
    [InlineData("echo changed >>linked/Sub/Linked.cs")]
    [InlineData("echo changed >>Directory.Packages.props")]
    [InlineData("echo changed >>global.json")]
    [InlineData("echo '<configuration />' >nuget.config")]
    [InlineData("rm artifacts/bin/App/release/App.dll")]
    [InlineData("echo 'built by another command' >artifacts/bin/App/release/App.dll")]
    [InlineData("rm -r artifacts")]
    public async Task What_changes_is_built_again_once(string change)
    {
        await BuildAsync();
        await _checkout.RunAsync(change);
        await BuildAsync();
        await BuildAsync();
        Assert.Equal("build\nbuild\n", _checkout.Read("calls"));
    }

    [Fact]
    public async Task The_compiler_is_heard_when_it_fails_and_asked_again()
    {
        _checkout.Write("broken", "");
        for (var i = 0; i < 2; i++)
        {
            var ended = await _checkout.RunAsync("set -euo pipefail; source scripts/common.sh; build app; echo went on");
            Assert.Equal((1, ""), (ended.Status, ended.Output));
            Assert.Contains("App.cs(1,1): error CS0001", ended.Errors, StringComparison.Ordinal);
            Assert.Contains("error: could not build app.", ended.Errors, StringComparison.Ordinal);
        }
        Assert.Equal("build\nbuild\n", _checkout.Read("calls"));
    }

    [Fact]
    public void Any_SDK_10_0_will_do()
    {
        var sdk = System.Text.Json.JsonDocument.Parse(_checkout.Read("global.json")).RootElement.GetProperty("sdk");
        Assert.Equal(("10.0.100", "latestFeature"), (sdk.GetProperty("version").GetString(), sdk.GetProperty("rollForward").GetString()));
    }

    private async Task BuildAsync(string project = "app")
    {
        var ended = await _checkout.RunAsync($"set -euo pipefail; source scripts/common.sh; build {project}");
        Assert.True(ended.Status == 0, ended.Errors);
    }
}
