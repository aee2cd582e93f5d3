namespace OrleansChat.Deployment.Tests;

/// <summary>The Dockerfile and .dockerignore are up with the projects.</summary>
public sealed class DockerfileTests
{
    /// <summary>Each program's target, and the folder of its project.</summary>
    private static readonly (string Target, string Folder)[] Programs =
        [("silo", "silo"), ("gateway", "gateway-program"), ("admin", "admin")];

    private readonly IReadOnlyList<Dockerfile.Stage> _stages = Dockerfile.Read();
    private readonly string[] _ignore = Checkout.ReadLines(".dockerignore");

    [Fact]
    public void The_builder_sees_nothing_but_what_is_named()
    {
        Assert.Equal("*", _ignore[0]);
        var seen = _ignore.Where(rule => rule[0] == '!').Select(rule => rule[1..]).ToArray();
        var needed = Programs.SelectMany(program => Checkout.ProjectsOf(program.Folder))
            .Select(project => Path.GetDirectoryName(project)!).Distinct();
        Assert.Equal(
            needed.Append(".editorconfig").Append("Directory.Build.props").Append("Directory.Packages.props").Order(),
            seen.Order());
        Assert.All(seen, path => Assert.True(Checkout.Has(path), path));
        Assert.Contains("**/bin", _ignore);
        Assert.Contains("**/obj", _ignore);
    }

    [Fact]
    public void Packages_are_restored_from_the_project_files_alone()
    {
        var build = Build();
        var untilRestore = build.Instructions.TakeWhile(words => words[0] != "RUN").Where(words => words[0] == "COPY").ToArray();
        var copied = untilRestore.SelectMany(words => words[1..^1].Select(source => (Source: source, To: words[^1]))).ToArray();
        Assert.All(copied, copy => Assert.True(Checkout.Has(copy.Source), copy.Source));
        Assert.All(copied, copy => Assert.Equal(Path.GetDirectoryName(copy.Source), copy.To.TrimEnd('/').TrimStart('.')));
        Assert.Equal(
            Programs.SelectMany(program => Checkout.ProjectsOf(program.Folder)).Distinct().Order(),
            copied.Select(copy => copy.Source).Where(source => source.EndsWith(".csproj", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void Each_program_is_restored_and_published()
    {
        var runs = Build().All("RUN").ToArray();
        Assert.Equal(Programs.Select(program => program.Folder), runs.Where(run => run[1] == "restore").Select(run => run[2]));
        Assert.Equal(Programs, runs.Where(run => run[1] == "publish").Select(run => (run[^1]["/out/".Length..], run[2])));
        string[] properties = ["-p:UseAppHost=false", "-p:PublishReadyToRun=true"];
        Assert.All(runs, run => Assert.DoesNotContain(
            run, word => word.StartsWith("-p:", StringComparison.Ordinal) && !properties.Contains(word)));
        Assert.All(runs.Where(run => run[1] == "publish"), run => Assert.Equal("-o", run[^2]));
    }

    [Fact]
    public void Each_target_starts_the_program_that_its_project_builds()
    {
        foreach (var (target, folder) in Programs)
        {
            var stage = _stages.Single(s => s.Name == target);
            Assert.Equal("program", stage.From);
            Assert.Equal([["--from=build", $"/out/{target}", "./"]], stage.All("COPY"));
            Assert.Equal(["[\"dotnet\",", $"\"/app/{Checkout.ProgramOf(folder)}.dll\"]"], stage.All("ENTRYPOINT").Single());
        }
    }

    [Fact]
    public void Images_are_pinned_and_the_programs_are_not_root()
    {
        var images = _stages.Select(s => s.From).Where(from => _stages.All(s => s.Name != from)).ToArray();
        Assert.All(images, image => Assert.Matches(@":[0-9]+\.[0-9]+-[a-z-]+$", image));
        var user = _stages.Single(s => s.Name == "program").All("USER").Single().Single();
        Assert.All(Programs, program => Assert.Empty(_stages.Single(s => s.Name == program.Target).All("USER")));
        Assert.All(ComposeFile.Read().Services.Values.Where(s => s.Build is not null), s => Assert.Equal(user, s.User));
    }

    private Dockerfile.Stage Build() => _stages.Single(s => s.Name == "build");
}
