namespace OrleansChat.Deployment.Tests.Scripts;

/// <summary>What becomes of the commands when packages cannot be had, or should not be used. Here the SDK is the real one.</summary>
[Trait("Tier", "Usual")]
public sealed class PackageTests : IDisposable
{
    private const string Program = "System.Console.WriteLine(\"the program runs\");";

    private readonly ScriptCheckout _checkout = new();

    public PackageTests()
    {
        _checkout.Write("Directory.Packages.props", $"""
            <Project>
              <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
              <ItemGroup><PackageVersion Include="{PackageSource.Package}" Version="1.0.0" /></ItemGroup>
            </Project>
            """);
        // So that nothing is found that other builds have left on this machine.
        _checkout.Environment["NUGET_PACKAGES"] = _checkout.PathOf("packages");
        _checkout.Environment["NUGET_HTTP_CACHE_PATH"] = _checkout.PathOf("http-cache");
        _checkout.Environment["NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT"] = "1";
    }

    public void Dispose() => _checkout.Dispose();

    [Theory]
    [InlineData("silo", "./run --port 1 --database Host=nowhere")]
    [InlineData("tests/protocol", "./test protocol")]
    public async Task A_source_that_refuses_shows_its_error_and_ends_the_command(string project, string command)
    {
        // Nobody listens on port 1.
        Take("http://127.0.0.1:1/index.json");
        AddProject(project, "OrleansChat.Protocol.Tests");

        var ended = await _checkout.RunAsync(command);

        Assert.Equal((1, ""), (ended.Status, ended.Output));
        Assert.Contains("error NU1301: Unable to load the service index for source http://127.0.0.1:1/index.json",
            ended.Errors, StringComparison.Ordinal);
        Assert.EndsWith($"error: could not build {project}.\n", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_advisory_is_said_at_a_start_and_is_an_error_in_tests()
    {
        const string Advisory = $"warning NU1903: Package '{PackageSource.Package}' 1.0.0 "
            + "has a known high severity vulnerability, https://advisories.example/1";
        await using var source = await PackageSource.StartAsync();
        Take(source.Index);
        AddProject("admin", "orleanschat-admin");
        AddProject("tests/protocol", "OrleansChat.Protocol.Tests");

        var started = await _checkout.RunAsync("./accounts");
        Assert.Equal((0, "the program runs\n"), (started.Status, started.Output));
        Assert.Contains(Advisory, started.Errors, StringComparison.Ordinal);

        var tested = await _checkout.RunAsync("./test protocol");
        Assert.Equal((1, ""), (tested.Status, tested.Output));
        Assert.Contains(Advisory, tested.Errors, StringComparison.Ordinal);
        Assert.EndsWith("error: packages with known vulnerabilities are used.\n", tested.Errors, StringComparison.Ordinal);
    }

    private void Take(string source) => _checkout.Write("nuget.config", $"""
        <configuration>
          <packageSources><clear /><add key="source" value="{source}" allowInsecureConnections="true" /></packageSources>
          <auditSources><clear /></auditSources>
        </configuration>
        """);

    private void AddProject(string folder, string assembly)
    {
        // The name of the project's file is where the commands look for what it builds.
        var name = folder == "admin" ? "OrleansChat.Admin" : assembly;
        _checkout.Write($"{folder}/Program.cs", Program);
        _checkout.Write($"{folder}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><AssemblyName>{assembly}</AssemblyName></PropertyGroup>
              <ItemGroup><PackageReference Include="{PackageSource.Package}" /></ItemGroup>
            </Project>
            """);
    }
}
