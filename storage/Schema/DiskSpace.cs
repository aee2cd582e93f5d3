using Npgsql;

namespace OrleansChat.Storage.Schema;

/// <summary>The disk of the database's server, as far as this machine can see it.</summary>
internal static class DiskSpace
{
    private const double BytesPerMiB = 1 << 20;

    // Hidden from roles that may not read it.
    private const string FolderSql = "SELECT setting FROM pg_settings WHERE name = 'data_directory'";

    /// <summary>Fails if the disk is seen to have too little space; says what is needed if it cannot be seen.</summary>
    /// <param name="connection">A connection to the server.</param>
    /// <param name="needed">How many bytes are needed.</param>
    /// <param name="report">Takes the sentence.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="DiskSpaceException">There is too little.</exception>
    public static async Task RequireAsync(
        NpgsqlConnection connection, long needed, Action<string>? report, CancellationToken cancellationToken)
    {
        if (needed <= 0) return;
        await using var command = new NpgsqlCommand(FolderSql, connection);
        var folder = await command.ExecuteScalarAsync(cancellationToken) as string;
        // A server elsewhere may have its files where there is nothing here.
        if (folder is null || !Directory.Exists(folder))
            report?.Invoke($"It needs about {InMiB(needed)} of the disk of the database's server, which cannot be seen from here.");
        else if (new DriveInfo(folder).AvailableFreeSpace is var free && free < needed)
            throw new DiskSpaceException(
                $"The migration needs about {InMiB(needed)} of the disk with {folder}, and {InMiB(free)} are free there: "
                + "make room, and migrate again. Nothing was changed.");
    }

    private static string InMiB(long bytes) => FormattableString.Invariant($"{Math.Ceiling(bytes / BytesPerMiB):N0} MiB");
}
