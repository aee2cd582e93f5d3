using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansChat.Verification.Simulation.Host;

/// <summary>A grain class: how to make an instance, and which of its grains are active.</summary>
internal sealed class GrainClass
{
    private static readonly MethodInfo StateFactory = typeof(GrainClass)
        .GetMethod(nameof(NewState), BindingFlags.NonPublic | BindingFlags.Static)!;

    // Compiled once per process, however many silos a simulation starts in it.
    private static readonly ConcurrentDictionary<Type, ObjectFactory> Factories = new();

    private readonly ConcurrentDictionary<string, ActivationScheduler> _activations = new(StringComparer.Ordinal);
    private readonly SimulatedSilo _silo;
    private readonly ObjectFactory _newGrain;
    private readonly Func<string, PersistentState>[] _newStates;

    /// <exception cref="InvalidOperationException">The host cannot provide the constructor's parameters.</exception>
    public GrainClass(SimulatedSilo silo, Type type)
    {
        _silo = silo;
        Name = type.Name;
        var states = type.GetConstructors().SelectMany(constructor => constructor.GetParameters())
            .Where(parameter => parameter.IsDefined(typeof(PersistentStateAttribute))).ToArray();
        _newGrain = Factories.GetOrAdd(
            type, type => ActivatorUtilities.CreateFactory(type, [.. states.Select(parameter => parameter.ParameterType)]));
        _newStates = [.. states.Select(NewStateOf)];
    }

    public string Name { get; }

    public bool IsEmpty => _activations.IsEmpty;

    public IEnumerable<Activation> Activations => _activations.Select(pair => (Activation)pair.Value);

    /// <summary>The activation of a key, or a new one if there is none except the closed one.</summary>
    public ActivationScheduler GetActivation(string key, ActivationScheduler? closed)
    {
        if (closed is not null)
            Remove(key, closed);
        return _activations.TryGetValue(key, out var activation) && activation != closed
            ? activation
            : _activations.GetOrAdd(key, static (key, self) => new Activation(self._silo, self, key), this);
    }

    public void Remove(string key, ActivationScheduler activation)
    {
        _activations.TryRemove(KeyValuePair.Create(key, activation));
        _silo.OnClosed();
    }

    /// <summary>Constructs an instance with its states, which have not been read yet.</summary>
    public Grain NewGrain(string key, out PersistentState[] states)
    {
        states = Array.ConvertAll(_newStates, factory => factory(key));
        return (Grain)_newGrain(_silo.Services, states);
    }

    private static PersistentState<T> NewState<T>(string name, string key, IGrainStateStore store) => new(name, key, store);

    private Func<string, PersistentState> NewStateOf(ParameterInfo parameter)
    {
        var attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
        var store = attribute.StorageName is { } name
            ? _silo.Services.GetRequiredKeyedService<IGrainStateStore>(name)
            : _silo.Services.GetRequiredService<IGrainStateStore>();
        var factory = StateFactory.MakeGenericMethod(parameter.ParameterType.GenericTypeArguments)
            .CreateDelegate<Func<string, string, IGrainStateStore, PersistentState>>();
        return key => factory(attribute.StateName, key, store);
    }
}
