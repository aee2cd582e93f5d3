namespace OrleansChat.Verification.Simulation.Host;

/// <summary>Something for a grain to run: a call of a method or a tick of a timer.</summary>
internal abstract class Request
{
    private Task? _outcome;

    /// <summary>The scheduler that runs it.</summary>
    public ActivationScheduler Receiver { get; set; } = null!;

    /// <summary>How often an ended activation passed it on to the next one.</summary>
    public int Reroutes { get; set; }

    /// <summary>Whether it may start whatever else is running.</summary>
    public abstract bool Interleaves { get; }

    /// <summary>Whether it may start while only other read-only requests are running.</summary>
    public abstract bool IsReadOnly { get; }

    /// <summary>Whether it keeps its grain from being collected.</summary>
    public abstract bool CountsAsUse { get; }

    /// <summary>Whether it comes from the host itself, so that no limit stops it.</summary>
    public abstract bool IsInternal { get; }

    /// <summary>Whether nobody waits for it any more, so that it need not start.</summary>
    public abstract bool IsOver { get; }

    /// <summary>Runs a request; for <see cref="ActivationScheduler.RunNow"/>.</summary>
    public static Action<object?> Starter { get; } = static request => ((Request)request!).Run();

    /// <summary>Fails the request, which will not run.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Hands the outcome to the caller.</summary>
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
