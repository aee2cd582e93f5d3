using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace OrleansChat.Storage.Schema;

/// <summary>A step of the schema: an embedded resource <c>Migrations/NNN_name.sql</c>.</summary>
/// <param name="Number">1, 2, 3, ... without gaps.</param>
/// <param name="MinProgram">
/// The oldest program that can use the schema after this migration. A program's number is that of its newest migration.
/// </param>
/// <param name="Sql">The script, which runs in a transaction of its own.</param>
/// <param name="Name">What it is about.</param>
/// <param name="Space">
/// An SQL expression of how many bytes of disk it needs, which can be asked on any schema before it; null if that is not worth a word.
/// </param>
internal sealed partial record Migration(int Number, int MinProgram, string Sql, string Name = "", string? Space = null)
{
    /// <summary>The first that states its <see cref="MinProgram"/>; earlier ones serve programs of their own number or later.</summary>
    public const int FirstWithMinProgram = 7;

    /// <summary>Reads all migrations of this program, in order.</summary>
    /// <exception cref="InvalidOperationException">One is missing, or lacks its <see cref="MinProgram"/>: a defect.</exception>
    public static IReadOnlyList<Migration> ReadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var names = assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        return [.. names.Select((name, index) => Read(name, index + 1))];

        Migration Read(string name, int number)
        {
            if (!name.Contains($".{number.ToString("000", CultureInfo.InvariantCulture)}_", StringComparison.Ordinal))
                throw new InvalidOperationException($"Migration {number} is missing: found {name} in its place.");
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return Parse(number, reader.ReadToEnd()) with { Name = name.Split('.')[^2][4..].Replace('_', ' ') };
        }
    }

    /// <summary>Parses the script of a migration.</summary>
    /// <exception cref="InvalidOperationException">Its <see cref="MinProgram"/> is missing or impossible.</exception>
    public static Migration Parse(int number, string sql)
    {
        var line = MinProgramPattern().Match(sql);
        if (!line.Success && number >= FirstWithMinProgram)
            throw new InvalidOperationException($"Migration {number} does not begin with a line '-- min-program: N'.");
        var minProgram = line.Success ? int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : number;
        if (minProgram < 1 || minProgram > number)
            throw new InvalidOperationException($"Migration {number} states min-program {minProgram}; it must be 1 to {number}.");
        var space = SpacePattern().Match(sql);
        return new Migration(number, minProgram, sql, Space: space.Success ? space.Groups[1].Value : null);
    }

    [GeneratedRegex(@"\A-- min-program: (\d{1,9})\r?\n")]
    private static partial Regex MinProgramPattern();

    [GeneratedRegex(@"\A-- min-program: .*\n-- space: (.*?)\r?\n")]
    private static partial Regex SpacePattern();
}
