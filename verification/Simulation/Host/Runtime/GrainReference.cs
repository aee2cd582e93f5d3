using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;

namespace OrleansChat.Verification.Simulation.Host;

/// <summary>
/// The callers' end: implements the interface of a grain or an observer, and turns each call into a <see cref="MethodCall"/>.
/// Two references to the same target are equal.
/// </summary>
internal class GrainReference : DispatchProxy
{
    // Compiled once per process, however many silos a simulation starts in it.
    private static readonly ConcurrentDictionary<Type, FrozenDictionary<MethodInfo, GrainMethod>> Methods = new();

    private FrozenDictionary<MethodInfo, GrainMethod> _methods = null!;
    private SimulatedSilo _silo = null!;
    private GrainClass? _class;
    private ActivationScheduler? _receiver;

    internal string? Key { get; private set; }

    internal ActivationScheduler? Receiver => _receiver;

    /// <inheritdoc/>
    public override bool Equals(object? obj)
        => obj is GrainReference other && _class == other._class && Key == other.Key
            && (_class is not null || _receiver == other._receiver);

    /// <inheritdoc/>
    public override int GetHashCode() => Key?.GetHashCode(StringComparison.Ordinal) ?? _receiver?.GetHashCode() ?? 0;

    /// <summary>Makes the first reference of an interface, from which the others are cloned.</summary>
    /// <exception cref="NotSupportedException">The interface has a method that this host cannot call.</exception>
    internal static GrainReference ForInterface<TInterface>(SimulatedSilo silo, GrainClass? grainClass)
    {
        var reference = (GrainReference)(object)Create<TInterface, GrainReference>()!;
        reference._methods = Methods.GetOrAdd(typeof(TInterface), MethodsOf);
        reference._silo = silo;
        reference._class = grainClass;
        return reference;
    }

    internal GrainReference ToGrain(string key)
    {
        var clone = (GrainReference)MemberwiseClone();
        clone.Key = key;
        return clone;
    }

    internal GrainReference ToObserver(ActivationScheduler receiver)
    {
        var clone = (GrainReference)MemberwiseClone();
        clone._receiver = receiver;
        return clone;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = _methods[targetMethod!];
        var call = method.NewCall(_silo, args!);
        if (!_silo.AcceptsCalls)
        {
            call.Fail(new SiloUnavailableException());
            return method.AsReturned(call.Answered);
        }

        _silo.Calls.Add(call);
        call.LinkCancellation();
        if (!call.IsOver)
            Deliver(call);
        return method.AsReturned(call.Answered);
    }

    private static FrozenDictionary<MethodInfo, GrainMethod> MethodsOf(Type grainInterface)
        => grainInterface.GetInterfaces().Append(grainInterface)
            .SelectMany(type => type.GetMethods())
            .ToFrozenDictionary(method => method, method => new GrainMethod(method));

    private void Deliver(MethodCall call)
    {
        // A reference outlives the places of its grain: where these change, each call finds its own.
        var receiver = _class is not null && _silo.Placement is not null ? null : _receiver;
        while (receiver is null || !receiver.TryEnqueue(call))
        {
            if (_class is null)
            {
                call.Fail(new OrleansException("The observer is gone."));
                return;
            }

            _receiver = receiver = _silo.ClassFor(_class, Key!).GetActivation(Key!, closed: receiver);
        }
    }
}
