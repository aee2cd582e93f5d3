using System.Text.RegularExpressions;
using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Schema;

/// <summary>
/// The statements that Orleans's AdoNet providers read from the table <c>orleansquery</c> when a silo starts. The migrations
/// write them, each as <c>('Key', $$text$$)</c>; a later one replaces an earlier one of the same key.
/// </summary>
/// <remarks>A test compares them with what the packages ask for. The check at start finds later changes to the table.</remarks>
internal sealed partial class OrleansStatements
{
    private readonly Dictionary<string, string> _texts = [];

    /// <summary>Reads the statements out of a program's migrations.</summary>
    public OrleansStatements(IEnumerable<Migration> migrations)
    {
        foreach (Match row in migrations.SelectMany(migration => RowPattern().Matches(migration.Sql)))
            _texts[row.Groups["key"].Value] = row.Groups["text"].Value.ReplaceLineEndings("\n");
    }

    /// <summary>The statements of this program's migrations.</summary>
    public static OrleansStatements OfThisProgram { get; } = new(Migration.ReadAll());

    /// <summary>The text of each statement, by its key.</summary>
    public IReadOnlyDictionary<string, string> Texts => _texts;

    /// <summary>
    /// Fails if the table lacks a statement or holds another text; additional statements are allowed. Accepts any text on a schema
    /// newer than this program's, because a newer migration may have changed it.
    /// </summary>
    /// <exception cref="SchemaVersionException">The table differs; the message names the keys.</exception>
    /// <exception cref="NpgsqlException">The database does not answer, or refuses.</exception>
    public async Task CheckAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            "SELECT s.version, q.querykey, q.querytext "
            + "FROM (SELECT max(version) AS version FROM schema_version) s JOIN orleansquery q ON true");
        var rows = await command.ReadAllAsync(
            reader => (Version: reader.GetInt32(0), Key: reader.GetString(1), Text: reader.GetString(2)), cancellationToken);
        if (rows.Exists(row => row.Version > Migrator.ProgramVersion)) return;
        var found = rows.ToDictionary(row => row.Key, row => row.Text.ReplaceLineEndings("\n"));
        var wrong = _texts.Keys.Where(key => found.GetValueOrDefault(key) != _texts[key]).Order(StringComparer.Ordinal).ToList();
        if (wrong.Count > 0)
            throw new SchemaVersionException(
                $"The table orleansquery does not hold the statements that the migrations put there: {string.Join(", ", wrong)}. "
                + "Copy its rows from a freshly migrated database.");
    }

    [GeneratedRegex(@"\('(?<key>\w+)', \$\$(?<text>.*?)\$\$\)", RegexOptions.Singleline)]
    private static partial Regex RowPattern();
}
