namespace OrleansChat.Verification.Simulation.Host;

/// <summary>
/// Stores the states of grains: a versioned value per state name and grain key. Register it as a keyed service under the storage name
/// that grains give in <see cref="Orleans.Runtime.PersistentStateAttribute"/>.
/// </summary>
/// <remarks>
/// Exceptions reach the grain inside an <see cref="Orleans.Runtime.OrleansException"/>; their messages must not contain data.
/// </remarks>
public interface IGrainStateStore
{
    /// <summary>Reads a state; null if there is none.</summary>
    Task<StoredGrainState?> ReadAsync(string stateName, string grainKey, CancellationToken cancellationToken);

    /// <summary>Writes a state if its version is still the one that was read (null: there was none).</summary>
    /// <returns>The new version; null if another writer was first, and nothing was written.</returns>
    Task<int?> WriteAsync(string stateName, string grainKey, byte[] payload, int? expectedVersion, CancellationToken cancellationToken);

    /// <summary>Deletes a state if its version is still the one that was read.</summary>
    /// <returns>False if another writer was first, and nothing was deleted.</returns>
    Task<bool> DeleteAsync(string stateName, string grainKey, int expectedVersion, CancellationToken cancellationToken);
}

/// <summary>A state as it is stored.</summary>
/// <param name="Payload">JSON in UTF-8, as Orleans's System.Text.Json storage serializer writes it.</param>
/// <param name="Version">The version that the next write must expect.</param>
public sealed record StoredGrainState(byte[] Payload, int Version);
