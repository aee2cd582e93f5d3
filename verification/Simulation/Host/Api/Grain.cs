using OrleansChat.Verification.Simulation.Host;

namespace Orleans;

/// <summary>
/// The base of grain classes. The host makes an instance when the first call for its key arrives, and runs its code in turns, one at a
/// time: between two awaits, no other code of the same grain runs.
/// </summary>
public abstract class Grain : IAddressable
{
    /// <summary>Ties the instance to the activation that is being made.</summary>
    /// <exception cref="InvalidOperationException">The instance was not made by the host.</exception>
    protected Grain() => Activation = Activation.BeingConstructed
        ?? throw new InvalidOperationException("Only the host may construct a grain.");

    /// <summary>Makes references to other grains.</summary>
    protected IGrainFactory GrainFactory => Activation.Silo.GrainFactory;

    internal Activation Activation { get; }

    /// <summary>
    /// Runs before the first request, after the persistent states were read. If it fails, the waiting requests fail with it.
    /// </summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last request, after the timers have stopped. Failures are logged. A crash skips it.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Keeps the activation for a time although it is idle.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Activation.KeepFor(timeSpan);

    /// <summary>Ends the activation when its running requests are done; the waiting requests go to a new one.</summary>
    protected void DeactivateOnIdle() => Activation.Deactivate(
        new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The grain asked for it."));
}

/// <summary>Extensions of grains and references.</summary>
public static class GrainExtensions
{
    /// <summary>The key of a grain or of a reference to one.</summary>
    /// <exception cref="ArgumentException">The object is neither a grain nor a reference to one.</exception>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain switch
    {
        Grain instance => instance.Activation.Key,
        GrainReference { Key: { } key } => key,
        _ => throw new ArgumentException("The object is neither a grain nor a reference to one.", nameof(grain)),
    };
}

/// <summary>Makes timers of grains.</summary>
/// <remarks>
/// The callback runs in turns of the grain and never overlaps itself; without <see cref="GrainTimerCreationOptions.Interleave"/>
/// it overlaps no request either. Its exceptions are logged and do not stop the timer. Disposing the timer cancels its token.
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
