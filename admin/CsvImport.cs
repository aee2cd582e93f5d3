using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using OrleansChat.Storage;

namespace OrleansChat.Admin;

/// <summary>Adds the users of a CSV file (header <c>user,name,password</c>), each by itself: the good ones are added whatever the others are.</summary>
internal static class CsvImport
{
    /// <exception cref="InputException">The file is no such CSV, or some users could not be added.</exception>
    public static async Task RunAsync(Accounts accounts, FileInfo file)
    {
        var users = Read(file);
        var refusals = await accounts.AddManyAsync(users);
        foreach (var (_, refusal) in refusals) await Console.Error.WriteLineAsync(refusal.Message);
        Console.WriteLine($"{users.Count - refusals.Count} added, {refusals.Count} refused");
        if (refusals.Count > 0) throw new InputException("some users were not added.");
    }

    private static List<NewAccount> Read(FileInfo file)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture) { PrepareHeaderForMatch = args => args.Header.Trim().ToLowerInvariant() };
        using var reader = new CsvReader(file.OpenText(), configuration);
        var users = new List<NewAccount>();
        try
        {
            reader.Read();
            reader.ReadHeader();
            while (reader.Read()) users.Add(new NewAccount(reader.GetField("user")!, reader.GetField("name")!, reader.GetField("password")!));
        }
        catch (CsvHelperException)
        {
            // Its message quotes the row, and with it a password.
            throw new InputException($"line {reader.Parser.Row} of {file.Name} is not of the form user,name,password (the first line names the columns).");
        }
        return users;
    }
}
