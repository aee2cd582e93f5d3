using System.Collections.Concurrent;
using System.Reflection;

namespace OrleansChat.Verification.Simulation.Host;

/// <summary>Knows which class implements which grain interface, and makes references.</summary>
internal sealed class GrainFactory(SimulatedSilo silo) : IGrainFactory
{
    private static readonly MethodInfo NewReference = typeof(GrainReference)
        .GetMethod(nameof(GrainReference.ForInterface), BindingFlags.NonPublic | BindingFlags.Static)!;

    // Searched once per process, however many silos a simulation starts in it.
    private static readonly ConcurrentDictionary<Assembly, Type[]> GrainTypes = new();

    private readonly ConcurrentDictionary<Type, GrainReference> _observers = new();
    private readonly Lock _gate = new();
    private volatile Dictionary<Type, GrainReference>? _grains;

    public IReadOnlyList<GrainClass> Classes { get; private set; } = [];

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey) where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrEmpty(primaryKey);
        if (_grains is null)
            FindGrains();
        if (!_grains!.TryGetValue(typeof(TGrainInterface), out var prototype))
            throw new ArgumentException($"No grain class implements {typeof(TGrainInterface)}.");
        return (TGrainInterface)(object)prototype.ToGrain(primaryKey);
    }

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ArgumentNullException.ThrowIfNull(obj);
        var prototype = _observers.GetOrAdd(
            typeof(TGrainObserverInterface), static (_, silo) => GrainReference.ForInterface<TGrainObserverInterface>(silo, null), silo);
        return (TGrainObserverInterface)(object)prototype.ToObserver(new ObserverReceiver(silo, obj));
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj) where TGrainObserverInterface : IGrainObserver
    {
        if (obj is not GrainReference { Receiver: ObserverReceiver receiver })
            throw new ArgumentException("The object is not a reference to an observer.", nameof(obj));
        receiver.Delete();
    }

    /// <summary>Searches the assemblies for grain classes; call it once.</summary>
    /// <returns>The number of grain classes.</returns>
    /// <exception cref="InvalidOperationException">Two classes implement one interface, or a constructor does not fit.</exception>
    /// <exception cref="NotSupportedException">An interface has a method that this host cannot call.</exception>
    public int FindGrains()
    {
        lock (_gate)
        {
            if (_grains is not null)
                return Classes.Count;
            var grains = new Dictionary<Type, GrainReference>();
            var classes = new List<GrainClass>();
            foreach (var type in silo.Options.GrainAssemblies.Distinct()
                .SelectMany(assembly => GrainTypes.GetOrAdd(assembly, GrainTypesIn)))
            {
                var grainClass = new GrainClass(silo, type);
                classes.Add(grainClass);
                foreach (var grainInterface in type.GetInterfaces().Where(IsGrainInterface))
                {
                    var reference = (GrainReference)NewReference.MakeGenericMethod(grainInterface).Invoke(
                        null, BindingFlags.DoNotWrapExceptions, null, [silo, grainClass], null)!;
                    if (!grains.TryAdd(grainInterface, reference))
                        throw new InvalidOperationException($"{grainInterface} is implemented by more than one grain class.");
                }
            }

            Classes = classes;
            _grains = grains;
            return classes.Count;
        }
    }

    private static Type[] GrainTypesIn(Assembly assembly) =>
        [.. assembly.GetTypes().Where(type => !type.IsAbstract && !type.IsGenericTypeDefinition && type.IsSubclassOf(typeof(Grain)))];

    private static bool IsGrainInterface(Type type)
        => type != typeof(IGrainWithStringKey) && type.IsAssignableTo(typeof(IGrainWithStringKey));
}
