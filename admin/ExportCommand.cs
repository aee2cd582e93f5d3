using OrleansChat.Storage.Accounts;
using OrleansChat.Terminal;

namespace OrleansChat.Admin;

/// <summary>Writes all that the database has of one user into a new file, which only its owner may read.</summary>
internal static class ExportCommand
{
    /// <exception cref="InputException">The file exists, or cannot be written.</exception>
    public static async Task RunAsync(AccountExport export, string user, FileInfo file)
    {
        var isNew = false;
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using (var output = new FileStream(file.FullName, options))
            {
                isNew = true;
                await export.WriteAsync(user, output);
            }
            isNew = false;
        }
        catch (IOException failure)
        {
            throw new InputException(
                isNew || !file.Exists ? $"{file} cannot be written: {failure.Message}" : $"{file} exists already: choose another file.");
        }
        finally
        {
            // A part of an export is none.
            if (isNew) file.Delete();
        }
        Console.WriteLine(SafeText.ForTerminal($"Exported {user} into {file}."));
    }
}
