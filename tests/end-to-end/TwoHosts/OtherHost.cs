using System.Reflection.Metadata;
using System.Security.Cryptography;
using OrleansChat.Storage;

namespace OrleansChat.EndToEnd.Tests.TwoHosts;

/// <summary>The program of the build for the other host: its output lies beside this one's, in <c>artifacts/HOST</c>.</summary>
/// <remarks>
/// An old build would test what is no longer there. Times do not tell: a build leaves what has not changed as it is. So the
/// compiler's record is asked, the hash of each source file, which stands in the symbols beside each assembly.
/// </remarks>
internal static class OtherHost
{
    private const string Remedy = "./test builds both";

    // artifacts/HOST/bin/PROJECT/CONFIGURATION
    private static readonly DirectoryInfo Output = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
    private static readonly DirectoryInfo Build = Output.Parent!.Parent!.Parent!;

    private static readonly string OtherBuild =
        Path.Combine(Build.Parent!.FullName, Kind.ToString().ToLowerInvariant());

    private static readonly Lazy<string?> Missing = new(FindMissing);

    /// <summary>The program.</summary>
    public static string Program => Path.Combine(OtherBuild, "bin", "OrleansChat.Silo", Output.Name, "orleanschat-silo");

    /// <summary>Which host it is.</summary>
    public static HostKind Kind => Build.Name == "orleans" ? HostKind.Embedded : HostKind.Orleans;

    /// <summary>Why there is no such program to test with; null where there is.</summary>
    public static string? WhyNot => Missing.Value;

    private static string? FindMissing()
    {
        if (!File.Exists(Program)) return $"The other host ({Kind}) is not built; {Remedy}.";
        var changed = Directory.EnumerateFiles(Path.GetDirectoryName(Program)!, "*.pdb").SelectMany(SourcesIn).FirstOrDefault(HasChanged);
        return changed.Path is null
            ? null
            : $"The build of the other host ({Kind}) is of another {Path.GetFileName(changed.Path)} than is here; {Remedy}.";
    }

    private static IEnumerable<(string Path, byte[] Hash)> SourcesIn(string symbols)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(symbols));
        var reader = provider.GetMetadataReader();
        return [.. from handle in reader.Documents
                   let document = reader.GetDocument(handle)
                   let path = reader.GetString(document.Name)
                   // What the build itself has generated changes with its sources.
                   where !path.StartsWith(OtherBuild, StringComparison.Ordinal)
                   select (path, reader.GetBlobBytes(document.Hash))];
    }

    private static bool HasChanged((string Path, byte[] Hash) source) =>
        !File.Exists(source.Path) || !SHA256.HashData(File.ReadAllBytes(source.Path)).AsSpan().SequenceEqual(source.Hash);
}

/// <summary>A test that needs the programs of both hosts, built from the sources as they are; skipped without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TwoHostsFactAttribute : FactAttribute
{
    public TwoHostsFactAttribute() => Skip = OtherHost.WhyNot;
}
