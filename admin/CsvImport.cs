using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Terminal;
using OrleansChat.Terminal.Input;

namespace OrleansChat.Admin;

/// <summary>
/// Adds the users of a CSV file (header <c>user,name,password</c>). A malformed file, or one that names a user twice, is refused
/// as a whole; otherwise each valid user is added, whatever is wrong with the others.
/// </summary>
internal static class CsvImport
{
    private static readonly string[] _columns = ["user", "name", "password"];

    /// <exception cref="InputException">The file is not such a CSV file, or some users could not be added.</exception>
    /// <exception cref="NotTextException">The file is not UTF-8.</exception>
    public static async Task RunAsync(AccountStore accounts, FileInfo file)
    {
        var rows = Read(file);
        var refused = await accounts.AddManyAsync(rows.Select(row => row.Account));
        var refusals = refused.ToDictionary(each => each.Account.UserName, each => each.Refusal);
        foreach (var (line, account) in rows.Where(row => refusals.ContainsKey(row.Account.UserName)))
            await Console.Error.WriteLineAsync($"line {line}: {SafeText.ForTerminal(refusals[account.UserName].Message)}");
        Console.WriteLine($"{rows.Count - refusals.Count} added, {refusals.Count} refused");
        if (refusals.Count > 0) throw new InputException("some users were not added.");
    }

    private static List<(int Line, NewAccount Account)> Read(FileInfo file)
    {
        using var parser = new CsvParser(new StringReader(Text(file)), new CsvConfiguration(CultureInfo.InvariantCulture));
        var rows = new List<(int Line, NewAccount Account)>();
        var faults = new List<string>();
        try
        {
            var header = parser.Read() ? Columns(parser.Record!) : [];
            if (!header.Order().SequenceEqual(_columns.Order()))
                throw new InputException($"{file.Name}: the first line must name the columns: {string.Join(',', _columns)}");
            while (parser.Read())
            {
                var record = parser.Record!;
                if (record.Length != header.Length)
                    faults.Add(WrongLength(parser.RawRow, record.ElementAtOrDefault(Array.IndexOf(header, "user")), record.Length));
                else if (Columns(record).SequenceEqual(header))
                    // Two files were concatenated: unchecked, the second header would add a user "user" with the password "password".
                    faults.Add($"line {parser.RawRow}: the columns are named again.");
                else
                    rows.Add((parser.RawRow, new NewAccount(Field("user"), Field("name"), Field("password"))));

                string Field(string column) => record[Array.IndexOf(header, column)];
            }
        }
        catch (CsvHelperException)
        {
            // The exception's message quotes the row, and with it a password.
            faults.Add($"line {parser.RawRow}: not a row of a CSV file.");
        }
        foreach (var twice in rows.GroupBy(row => row.Account.UserName).Where(same => same.Count() > 1))
            faults.Add($"lines {string.Join(" and ", twice.Select(row => row.Line))}: the user {twice.Key} is named more than once.");
        if (faults.Count > 0)
            throw new InputException(string.Join(Environment.NewLine, [$"{file.Name} was refused, and no user was added.", .. faults]));
        return rows;
    }

    private static string[] Columns(string[] record) => [.. record.Select(name => name.Trim().ToLowerInvariant())];

    private static string Text(FileInfo file)
    {
        try
        {
            return new LineInput(new MemoryStream(File.ReadAllBytes(file.FullName)), InputEncoding.Utf8, file.Name).ReadToEnd();
        }
        catch (IOException failure)
        {
            throw new InputException($"{file.Name} cannot be read: {failure.Message}");
        }
    }

    // A value that is not a valid user name may be a password.
    private static string WrongLength(int line, string? user, int columns) =>
        $"line {line}{(user is not null && UserName.IsValid(user) ? $" (user {user})" : "")}: "
        + $"{columns} columns instead of {_columns.Length}; put a name that contains a comma in double quotes.";
}
