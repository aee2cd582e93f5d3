namespace Orleans;

/// <summary>Something that can be called: a grain, a reference to one, or a reference to an observer.</summary>
public interface IAddressable;

/// <summary>
/// The base of all grain interfaces. Their methods return a <see cref="Task"/> or a <see cref="ValueTask"/>, with or without a
/// result.
/// </summary>
public interface IGrain : IAddressable;

/// <summary>The base of the interfaces of grains that are identified by a string, the only kind of key here.</summary>
public interface IGrainWithStringKey : IGrain;

/// <summary>The base of interfaces through which grains call objects that are not grains.</summary>
public interface IGrainObserver : IAddressable;

/// <summary>Makes references. Making one costs nothing and activates nothing; only a call activates the grain.</summary>
public interface IGrainFactory
{
    /// <summary>A reference to the grain of this key.</summary>
    /// <exception cref="ArgumentException">No grain class implements the interface, or the key is empty.</exception>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey) where TGrainInterface : IGrainWithStringKey;

    /// <summary>
    /// A reference that grains can call. Calls run one at a time. The factory holds the object weakly: the caller must keep it alive.
    /// </summary>
    TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver;

    /// <summary>Ends a reference made by <see cref="CreateObjectReference{T}"/>: calls to it fail from now on.</summary>
    void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver;
}
