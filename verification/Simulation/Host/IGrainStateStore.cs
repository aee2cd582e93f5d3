namespace OrleansChat.Verification.Simulation.Host;

/// <summary>
/// Where the states of grains are kept: a versioned value a state name and grain key. Registered under the storage name
/// that grains give in <see cref="Orleans.Runtime.PersistentStateAttribute"/>, as a keyed service.
/// </summary>
/// <remarks>
/// Exceptions reach the grain inside an <see cref="Orleans.Runtime.OrleansException"/>; their messages must hold no data.
/// </remarks>
public interface IGrainStateStore
{
    /// <summary>Reads a state; null when there is none.</summary>
    Task<StoredGrainState?> ReadAsync(string stateName, string grainKey, CancellationToken cancellationToken);

    /// <summary>Writes a state over the version that was read (null: there was none).</summary>
    /// <returns>The new version; null when another writer was first, and nothing was written.</returns>
    Task<int?> WriteAsync(string stateName, string grainKey, byte[] payload, int? expectedVersion, CancellationToken cancellationToken);

    /// <summary>Deletes a state of the version that was read.</summary>
    /// <returns>False when another writer was first, and nothing was deleted.</returns>
    Task<bool> DeleteAsync(string stateName, string grainKey, int expectedVersion, CancellationToken cancellationToken);
}

/// <summary>A state as stored.</summary>
/// <param name="Payload">JSON in UTF-8, as Orleans's System.Text.Json storage serializer writes it.</param>
/// <param name="Version">What the next write must name.</param>
public sealed record StoredGrainState(byte[] Payload, int Version);
