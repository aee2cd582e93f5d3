namespace Orleans.Core
{
    /// <summary>
    /// A state in storage. Operations on one state run one after another, whatever interleaves.
    /// A failed operation changes neither <see cref="Etag"/> nor <see cref="RecordExists"/>.
    /// </summary>
    public interface IStorage
    {
        /// <summary>The version that was last read or written; null if there is none.</summary>
        string? Etag { get; }

        /// <summary>Whether storage held the state when it was last read, written or cleared.</summary>
        /// <exception cref="InvalidOperationException">The state was not read yet.</exception>
        bool RecordExists { get; }

        /// <summary>Deletes the stored state and starts with a new one.</summary>
        /// <exception cref="Storage.InconsistentStateException">Another writer was first.</exception>
        /// <exception cref="Runtime.OrleansException">Storage failed: it is unknown whether the state was deleted.</exception>
        Task ClearStateAsync();

        /// <inheritdoc cref="ClearStateAsync()"/>
        Task ClearStateAsync(CancellationToken cancellationToken);

        /// <summary>Stores the state as it is when the operation's turn comes.</summary>
        /// <exception cref="Storage.InconsistentStateException">Another writer was first.</exception>
        /// <exception cref="Runtime.OrleansException">Storage failed: it is unknown whether the state was written.</exception>
        Task WriteStateAsync();

        /// <inheritdoc cref="WriteStateAsync()"/>
        Task WriteStateAsync(CancellationToken cancellationToken);

        /// <summary>Reads the state again and drops the one in memory.</summary>
        /// <exception cref="Runtime.OrleansException">Storage failed.</exception>
        Task ReadStateAsync();

        /// <inheritdoc cref="ReadStateAsync()"/>
        Task ReadStateAsync(CancellationToken cancellationToken);
    }

    /// <summary>A state of a known type in storage.</summary>
    public interface IStorage<TState> : IStorage
    {
        /// <summary>The state in memory; a new object if storage held none.</summary>
        TState State { get; set; }
    }
}

namespace Orleans.Runtime
{
    /// <summary>
    /// A state of a grain, read before <see cref="Grain.OnActivateAsync"/>. The host injects it where there is a
    /// <see cref="PersistentStateAttribute"/>.
    /// </summary>
    public interface IPersistentState<TState> : Core.IStorage<TState>;

    /// <summary>On a grain's constructor parameter of type <see cref="IPersistentState{TState}"/>: which state, in which storage.</summary>
    /// <param name="stateName">The state's name, which identifies it together with the grain's key.</param>
    /// <param name="storageName">The service key of an <see cref="OrleansChat.Verification.Simulation.Host.IGrainStateStore"/>;
    /// null means the one without a key.</param>
    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
    {
        /// <summary>The state's name.</summary>
        public string StateName { get; } = stateName;

        /// <summary>The storage's name.</summary>
        public string? StorageName { get; } = storageName;
    }
}
