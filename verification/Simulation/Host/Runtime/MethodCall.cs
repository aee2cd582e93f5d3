namespace OrleansChat.Verification.Simulation.Host;

/// <summary>
/// A call of a grain's method, from its start until its answer, its timeout or its caller's cancellation, whichever comes first.
/// </summary>
internal abstract class MethodCall(SimulatedSilo silo, GrainMethod method, object?[] arguments) : Request
{
    private CancellationTokenRegistration _byCaller;

    public sealed override bool Interleaves => method.AlwaysInterleave;

    public sealed override bool IsReadOnly => method.ReadOnly;

    public sealed override bool CountsAsUse => true;

    public sealed override bool IsInternal => false;

    public sealed override bool IsOver => Answered.IsCompleted;

    /// <summary>
    /// The task that the caller awaits. The caller resumes in its own scheduler, never inside the grain's turn: the current scheduler there
    /// is the grain's. (Asking for asynchronous continuations as well would send those of WhenAll past the turn queue.)
    /// </summary>
    public abstract Task Answered { get; }

    public GrainMethod Method => method;

    /// <summary>When it times out, in ticks of the silo's clock, and its neighbours in the list of calls.</summary>
    internal long Due { get; set; }

    internal int Part { get; set; }

    internal MethodCall? Previous { get; set; }

    internal MethodCall? Next { get; set; }

    /// <summary>
    /// Gives the grain a token of its own, which is cancelled in a turn of the grain; the caller need not wait for that.
    /// </summary>
    public void LinkCancellation()
    {
        if (method.TokenIndex < 0 || arguments[method.TokenIndex] is not CancellationToken { CanBeCanceled: true } callers)
            return;
        var forGrain = new CancellationTokenSource();
        arguments[method.TokenIndex] = forGrain.Token;
        _byCaller = callers.UnsafeRegister(
            (_, token) =>
            {
                Answer(Task.FromCanceled(token));
                if (Receiver is { } receiver)
                    Task.Factory.StartNew(forGrain.Cancel, CancellationToken.None, TaskCreationOptions.DenyChildAttach, receiver);
            },
            null);
    }

    public sealed override void Fail(Exception exception) => Answer(Task.FromException(exception));

    public sealed override void Answer(Task outcome)
    {
        if (!TrySetAnswer(outcome))
            return;
        _byCaller.Unregister();
        silo.Calls.Remove(this);
    }

    public void TimeOut() => Fail(new TimeoutException(
        $"{method.Name} was not answered within {method.Timeout ?? silo.Options.ResponseTimeout}."));

    protected sealed override Task InvokeAsync(ActivationScheduler receiver) => method.Invoke(receiver.Target, arguments);

    protected abstract bool TrySetAnswer(Task outcome);
}

/// <summary>A call without a result.</summary>
internal sealed class PlainCall(SimulatedSilo silo, GrainMethod method, object?[] arguments) : MethodCall(silo, method, arguments)
{
    private readonly TaskCompletionSource _answer = new();

    public override Task Answered => _answer.Task;

    protected override bool TrySetAnswer(Task outcome) => _answer.TrySetFromTask(outcome);
}

/// <summary>A call with a result.</summary>
internal sealed class ResultCall<T>(SimulatedSilo silo, GrainMethod method, object?[] arguments) : MethodCall(silo, method, arguments)
{
    private readonly TaskCompletionSource<T> _answer = new();

    public override Task Answered => _answer.Task;

    protected override bool TrySetAnswer(Task outcome) => outcome switch
    {
        Task<T> typed => _answer.TrySetFromTask(typed),
        { IsFaulted: true } => _answer.TrySetException(outcome.Exception.InnerExceptions),
        _ => _answer.TrySetCanceled(new CancellationToken(canceled: true)),
    };
}
