using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Schema;

/// <summary>
/// The incarnation of the database, which numbers of messages belong to. A restored dump and a promoted server have another one by
/// themselves; a restored snapshot of a disk has not.
/// </summary>
public static class Epoch
{
    /// <summary>Begins a new epoch, and returns it.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer; another try begins another one.</exception>
    public static async Task<string> RenewAsync(NpgsqlDataSource source, CancellationToken cancellationToken = default)
    {
        await source.ExecuteAsync("beginning an epoch", "UPDATE epoch SET value = gen_random_uuid()", [], cancellationToken);
        var epochs = await source.QueryAsync(
            "reading the epoch", "SELECT current_epoch()", [], reader => reader.GetString(0), cancellationToken);
        return epochs.Single();
    }
}
