namespace OrleansChat.Storage;

/// <summary>
/// The table of Orleans's AdoNet grain storage, for code that is not Orleans: the embedded host and the admin commands.
/// Rows, hashes and payloads are those of the provider, so that either host reads what the other wrote.
/// </summary>
public interface IGrainStateTable
{
    /// <summary>Reads a state; null when there is none.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<StoredState?> ReadAsync(string stateName, string grainKey, CancellationToken cancellationToken);

    /// <summary>Writes a state over the version that was read (null: there was none).</summary>
    /// <returns>The new version; null when another writer was first, and nothing was written.</returns>
    /// <exception cref="StorageUnavailableException">It is unknown whether it was written.</exception>
    Task<int?> WriteAsync(string stateName, string grainKey, byte[] payload, int? expectedVersion, CancellationToken cancellationToken);

    /// <summary>Deletes a state of the version that was read.</summary>
    /// <returns>False when another writer was first, and nothing was deleted.</returns>
    /// <exception cref="StorageUnavailableException">It is unknown whether it was deleted.</exception>
    Task<bool> DeleteAsync(string stateName, string grainKey, int expectedVersion, CancellationToken cancellationToken);
}

/// <summary>A state as stored.</summary>
/// <param name="Payload">JSON in UTF-8.</param>
/// <param name="Version">1 at the first write, and one more at each further one.</param>
public sealed record StoredState(byte[] Payload, int Version);
