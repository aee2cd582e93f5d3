using System.Text.RegularExpressions;

namespace OrleansChat.Tidy.Tests;

/// <summary>How files look.</summary>
public sealed partial class FileTests
{
    private const int MaxColumns = 140, MaxLines = 250;

    [Fact]
    public void No_line_is_wider_than_140_columns() => House.IsTidy(House.Sources()
        .SelectMany(path => File.ReadLines(House.PathOf(path)).Select((line, i) => (Place: $"{path}:{i + 1}", line.Length)))
        .Where(line => line.Length > MaxColumns).Select(line => $"{line.Place} has {line.Length} columns: wrap it"));

    [Fact]
    public void No_file_is_longer_than_250_lines() => House.IsTidy(House.Sources()
        .Select(path => (Path: path, Lines: File.ReadLines(House.PathOf(path)).Count()))
        .Where(file => file.Lines > MaxLines).Select(file => $"{file.Path} has {file.Lines} lines: split it by ideas"));

    [Theory]
    [MemberData(nameof(House.RoomNames), MemberType = typeof(House))]
    public void The_namespace_of_a_file_is_its_folder(string room)
    {
        foreach (var path in House.Sources(room))
        {
            var folders = Path.GetRelativePath(room, Path.GetDirectoryName(path)!).Replace(Path.DirectorySeparatorChar, '.');
            var expected = House.NamespaceOf(room) + (folders == "." ? "" : $".{folders}");
            var declared = Namespace().Match(File.ReadAllText(House.PathOf(path)));
            if (declared.Success) Assert.True(declared.Groups[1].Value == expected, $"{path}: its namespace must be {expected}.");
        }
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
