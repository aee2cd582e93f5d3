using System.Reflection;
using System.Xml.Linq;

namespace OrleansChat.Tidy.Tests;

/// <summary>The checkout that was built: its rooms, which are the folders of projects, and its sources.</summary>
internal static class House
{
    private static readonly string Root = typeof(House).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Checkout").Value!;

    private static readonly string[] NoSources = ["artifacts", ".git", ".data", "bin", "obj"];

    /// <summary>Which other rooms a room of the product may know. Those that it knows may be known through them too.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Rooms = new Dictionary<string, string[]>
    {
        ["identifiers"] = [],
        ["limits"] = [],
        ["protocol"] = [],
        ["hosting"] = [],
        ["terminal"] = [],
        ["grain-interfaces"] = [],
        ["storage"] = ["identifiers", "limits"],
        ["grains"] = ["grain-interfaces", "limits", "storage"],
        ["gateway"] = ["grain-interfaces", "hosting", "identifiers", "limits", "protocol"],
        ["gateway-program"] = ["gateway"],
        ["silo"] = ["gateway", "grains", "storage"],
        ["admin"] = ["storage", "terminal"],
        ["client"] = ["terminal"],
    };

    public static TheoryData<string> RoomNames => [.. Rooms.Keys];

    public static string PathOf(string path) => Path.Combine(Root, path);

    /// <summary>A room's project file.</summary>
    public static XDocument ProjectOf(string room) => XDocument.Load(Directory.GetFiles(PathOf(room), "*.csproj").Single());

    /// <summary>The root of a room's namespaces: the name of its project file.</summary>
    public static string NamespaceOf(string room) =>
        Path.GetFileNameWithoutExtension(Directory.GetFiles(PathOf(room), "*.csproj").Single());

    /// <summary>The assembly that a room is built to, beside these tests.</summary>
    public static string AssemblyOf(string room)
    {
        var name = ProjectOf(room).Descendants("AssemblyName").SingleOrDefault()?.Value ?? NamespaceOf(room);
        return Path.Combine(AppContext.BaseDirectory, name + ".dll");
    }

    /// <summary>All C# files below a folder, as paths from the checkout.</summary>
    public static IEnumerable<string> Sources(string folder = "") =>
        Directory.EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(NoSources.Contains))
            .Order(StringComparer.Ordinal);

    /// <summary>All texts that people read: code, documents, and scripts, as paths from the checkout.</summary>
    public static IEnumerable<string> Texts() => Sources().Concat(
        Directory.EnumerateFiles(Root).Concat(new[] { "docs", "scripts", "deploy" }.SelectMany(
            folder => Directory.EnumerateFiles(PathOf(folder), "*", SearchOption.AllDirectories)))
        .Where(path => Path.GetExtension(path) is "" or ".md" or ".sh" or ".yml" or ".service" or ".cfg" or ".props")
        .Select(path => Path.GetRelativePath(Root, path)));

    /// <summary>Fails with all faults, a line each, where there are any.</summary>
    public static void IsTidy(IEnumerable<string> faults)
    {
        string[] all = [.. faults];
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}
