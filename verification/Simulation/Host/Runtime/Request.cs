namespace OrleansChat.Verification.Simulation.Host;

/// <summary>Something that a grain is to run: a call of a method or a tick of a timer.</summary>
internal abstract class Request
{
    private Task? _outcome;

    /// <summary>Whoever runs it.</summary>
    public ActivationScheduler Receiver { get; set; } = null!;

    /// <summary>How often it was handed on from an activation that ended to the next.</summary>
    public int Reroutes { get; set; }

    /// <summary>It may start whatever else is running.</summary>
    public abstract bool Interleaves { get; }

    /// <summary>It may start while only others of this kind are running.</summary>
    public abstract bool IsReadOnly { get; }

    /// <summary>It keeps its grain from being collected.</summary>
    public abstract bool CountsAsUse { get; }

    /// <summary>It comes from the host itself, and no limit stops it.</summary>
    public abstract bool IsInternal { get; }

    /// <summary>Nobody waits for it any more: it need not start.</summary>
    public abstract bool IsOver { get; }

    /// <summary>Runs a request; for <see cref="ActivationScheduler.RunNow"/>.</summary>
    public static Action<object?> Starter { get; } = static request => ((Request)request!).Run();

    /// <summary>It will not run.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Hands the outcome to whoever waits.</summary>
    public abstract void Answer(Task outcome);

    protected abstract Task InvokeAsync(ActivationScheduler receiver);

    private void Run()
    {
        try
        {
            _outcome = InvokeAsync(Receiver) ?? throw new InvalidOperationException("A grain method returned null for its task.");
        }
        catch (Exception exception)
        {
            _outcome = Task.FromException(exception);
        }

        if (_outcome.IsCompleted)
            Receiver.OnCompleted(this, _outcome);
        else
            _outcome.GetAwaiter().UnsafeOnCompleted(() => Receiver.OnCompleted(this, _outcome));
    }
}
