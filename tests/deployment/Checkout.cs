using System.Reflection;
using System.Xml.Linq;

namespace OrleansChat.Deployment.Tests;

/// <summary>The files of the checkout that was built.</summary>
internal static class Checkout
{
    private static readonly string Root = typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Checkout").Value!;

    public static string Find(string path) => Path.GetFullPath(Path.Combine(Root, path));

    public static bool Has(string path) => Path.Exists(Find(path));

    public static string Read(string path) => File.ReadAllText(Find(path));

    /// <summary>Lines that say something: no comments, no empty ones, trimmed.</summary>
    public static string[] ReadLines(string path) =>
        [.. File.ReadLines(Find(path)).Select(line => line.Trim()).Where(line => line is not ("" or ['#', ..]))];

    /// <summary>All project files.</summary>
    public static IEnumerable<XDocument> Projects =>
        Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(Root, path).StartsWith("artifacts", StringComparison.Ordinal))
            .Select(path => XDocument.Load(path));

    /// <summary>The project files that a project is built from, its own among them, as paths from the root.</summary>
    public static IReadOnlySet<string> ProjectsOf(string folder)
    {
        var found = new HashSet<string>();
        Add(Directory.GetFiles(Find(folder), "*.csproj").Single());
        return found;

        void Add(string project)
        {
            if (!found.Add(Path.GetRelativePath(Root, project))) return;
            foreach (var reference in XDocument.Load(project).Descendants("ProjectReference"))
                Add(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, reference.Attribute("Include")!.Value)));
        }
    }

    /// <summary>The name of the program that a project builds.</summary>
    public static string ProgramOf(string folder) =>
        XDocument.Load(Directory.GetFiles(Find(folder), "*.csproj").Single()).Descendants("AssemblyName").Single().Value;
}
