
namespace OrleansChat.Verification.Simulation.Host;

/// <summary>Calls an observer, one call at a time, as long as its owner keeps it alive.</summary>
internal sealed class ObserverReceiver(SimulatedSilo silo, IGrainObserver observer) : ActivationScheduler(silo)
{
    private readonly WeakReference<IGrainObserver> _observer = new(observer);
    private readonly Queue<Request> _waiting = new();
    private volatile bool _deleted;
    private bool _running;

    public override object Target => !_deleted && _observer.TryGetTarget(out var target)
        ? target
        : throw new OrleansException("The observer is gone.");

    public void Delete() => _deleted = true;

    public override void OnCompleted(Request request, Task outcome)
    {
        _running = false;
        OnLeft();
        request.Answer(outcome);
    }

    protected override void Receive(Request request) => _waiting.Enqueue(request);

    protected override void StartWaiting()
    {
        while (!_running && _waiting.TryDequeue(out var request))
        {
            if (request.IsOver)
            {
                OnLeft();
                continue;
            }

            _running = true;
            RunNow(Request.Starter, request);
        }
    }
}
