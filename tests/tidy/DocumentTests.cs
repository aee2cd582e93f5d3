using System.Text.RegularExpressions;

namespace OrleansChat.Tidy.Tests;

/// <summary>Documents point at what is there.</summary>
public sealed partial class DocumentTests
{
    /// <summary>What commands make, and is in no checkout.</summary>
    private static readonly string[] Made = ["artifacts", "deploy/secrets"];

    [Fact]
    public void A_path_in_a_document_is_there() => House.IsTidy(Documents()
        .SelectMany(path => Code().Matches(Read(path)).Select(match => (Path: path, Named: match.Groups[1].Value.TrimEnd('/'))))
        .Where(path => Directory.Exists(House.PathOf(path.Named.Split('/')[0])) && !Made.Any(path.Named.StartsWith) && !IsThere(path.Named))
        .Select(path => $"{path.Path} names {path.Named}, which is not there"));

    [Fact]
    public void A_link_leads_to_a_page_and_a_heading() => House.IsTidy(Documents()
        .SelectMany(path => Link().Matches(Read(path)).Select(match => (Path: path, Target: match.Groups[1].Value)))
        .Where(link => !link.Target.Contains(':', StringComparison.Ordinal) && !Leads(link.Path, link.Target))
        .Select(link => $"{link.Path} links to {link.Target}, which is not there"));

    private static IEnumerable<string> Documents() => House.Texts().Where(path => path.EndsWith(".md", StringComparison.Ordinal));

    private static string Read(string path) => File.ReadAllText(House.PathOf(path));

    /// <summary>Whether a path, or one without its extension, is of a file or folder.</summary>
    private static bool IsThere(string path)
    {
        var full = House.PathOf(path);
        if (Path.Exists(full) || path.Contains('*', StringComparison.Ordinal)) return true;
        var folder = Path.GetDirectoryName(full)!;
        return Directory.Exists(folder) && Directory.EnumerateFiles(folder, $"{Path.GetFileName(full)}.*").Any();
    }

    private static bool Leads(string from, string target)
    {
        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0 ? House.PathOf(from) : Path.Combine(Path.GetDirectoryName(House.PathOf(from))!, parts[0]);
        if (!Path.Exists(file)) return false;
        return parts.Length == 1 || Heading().Matches(File.ReadAllText(file)).Any(heading => Anchor(heading.Groups[1].Value) == parts[1]);
    }

    // As GitHub makes them.
    private static string Anchor(string heading) =>
        NotInAnchors().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"`([A-Za-z][\w.-]*/[\w./*-]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
