using Mono.Cecil;

namespace OrleansChat.Tidy.Tests;

/// <summary>Which folders of a room know which, as its compiled code says.</summary>
internal sealed class FolderGraph
{
    private readonly Dictionary<Arrow, string> _examples = [];

    /// <summary>Reads a room's assembly.</summary>
    public FolderGraph(string room)
    {
        var root = House.NamespaceOf(room);
        using var assembly = AssemblyDefinition.ReadAssembly(House.AssemblyOf(room));
        foreach (var type in assembly.MainModule.GetTypes().Where(type => IsOf(type, root)))
        {
            foreach (var used in References.Of(type).Where(used => used.Scope == assembly.MainModule && IsOf(used, root)))
            {
                var arrow = new Arrow(References.FolderOf(type, root), References.FolderOf(used, root));
                if (arrow.From != arrow.To) _examples.TryAdd(arrow, $"{type.Name} uses {used.Name}");
            }
        }
    }

    /// <summary>All arrows between two folders.</summary>
    public IEnumerable<Arrow> Arrows => _examples.Keys;

    /// <summary>Arrows in words, each with two types that show it.</summary>
    public IEnumerable<string> Describe(IReadOnlyCollection<Arrow> arrows) => arrows.Select(arrow => $"{arrow}: {_examples[arrow]}");

    /// <summary>The arrows of a circle; null where there is none.</summary>
    public IReadOnlyCollection<Arrow>? FindCircle()
    {
        foreach (var start in Arrows.Select(arrow => arrow.From).Distinct())
        {
            if (PathBack(start, start, []) is { } circle) return circle;
        }
        return null;
    }

    private List<Arrow>? PathBack(string from, string to, HashSet<string> seen)
    {
        foreach (var arrow in Arrows.Where(arrow => arrow.From == from))
        {
            if (arrow.To == to) return [arrow];
            if (seen.Add(arrow.To) && PathBack(arrow.To, to, seen) is { } rest) return [arrow, .. rest];
        }
        return null;
    }

    // What generators add has namespaces of its own.
    private static bool IsOf(TypeReference type, string root)
    {
        while (type.DeclaringType is not null) type = type.DeclaringType;
        return type.Namespace == root || type.Namespace.StartsWith(root + '.', StringComparison.Ordinal);
    }

    /// <summary>One folder knows another; the room itself is the empty name.</summary>
    internal readonly record struct Arrow(string From, string To)
    {
        public override string ToString() => $"{(From.Length > 0 ? From : ".")} -> {(To.Length > 0 ? To : ".")}";
    }
}
