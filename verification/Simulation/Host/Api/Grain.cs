using OrleansChat.Verification.Simulation.Host;

namespace Orleans;

/// <summary>
/// The base of grain classes. The host makes an instance when the first call for its key arrives, and runs its code in
/// turns, one at a time: between two awaits nothing else of the same grain runs.
/// </summary>
public abstract class Grain : IAddressable
{
    /// <summary>Ties the instance to the activation that is being made.</summary>
    /// <exception cref="InvalidOperationException">Grains are made by the host only.</exception>
    protected Grain() => Activation = Activation.BeingConstructed
        ?? throw new InvalidOperationException("A grain is constructed by its host only.");

    /// <summary>Makes references to other grains.</summary>
    protected IGrainFactory GrainFactory => Activation.Silo.GrainFactory;

    internal Activation Activation { get; }

    /// <summary>
    /// Runs before the first request, when the persistent states have been read. If it fails, the
    /// requests that wait fail with it.
    /// </summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last request, when the timers have stopped. Failures are logged. A crash leaves it out.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends the activation when its running requests are done; the requests that wait go to a fresh one.</summary>
    protected void DeactivateOnIdle() => Activation.Deactivate(
        new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The grain asked for it."));
}

/// <summary>What can be asked of grains and references.</summary>
public static class GrainExtensions
{
    /// <summary>The key of a grain or of a reference to one.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain switch
    {
        Grain instance => instance.Activation.Key,
        GrainReference { Key: { } key } => key,
        _ => throw new ArgumentException("Not a grain nor a reference to one.", nameof(grain)),
    };
}

/// <summary>Timers of grains.</summary>
/// <remarks>
/// The callback runs in turns of the grain and never overlaps itself; without <see cref="GrainTimerCreationOptions.Interleave"/>
/// it overlaps no request either. Its exceptions are logged and do not stop the timer. Its token is cancelled when the timer is disposed.
/// </remarks>
public static class GrainBaseExtensions
{
    /// <summary>Makes a timer whose callback takes a state and a token.</summary>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this Grain grain, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(grain);
        ArgumentNullException.ThrowIfNull(callback);
        return grain.RegisterGrainTimer(token => callback(state, token), options);
    }

    /// <summary>Makes a timer whose callback takes a token.</summary>
    public static IGrainTimer RegisterGrainTimer(
        this Grain grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(grain);
        ArgumentNullException.ThrowIfNull(callback);
        return grain.Activation.AddTimer(callback, options);
    }

    /// <summary>Makes a timer whose callback takes nothing.</summary>
    public static IGrainTimer RegisterGrainTimer(this Grain grain, Func<Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return grain.RegisterGrainTimer(_ => callback(), options);
    }

    /// <summary>Makes a timer whose callback takes a token.</summary>
    public static IGrainTimer RegisterGrainTimer(
        this Grain grain, Func<CancellationToken, Task> callback, TimeSpan dueTime, TimeSpan period)
        => grain.RegisterGrainTimer(callback, new GrainTimerCreationOptions(dueTime, period));

    /// <summary>Makes a timer whose callback takes nothing.</summary>
    public static IGrainTimer RegisterGrainTimer(this Grain grain, Func<Task> callback, TimeSpan dueTime, TimeSpan period)
        => grain.RegisterGrainTimer(callback, new GrainTimerCreationOptions(dueTime, period));
}
