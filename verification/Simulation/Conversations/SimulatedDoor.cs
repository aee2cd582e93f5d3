using OrleansChat.Gateway.Sessions;

namespace OrleansChat.Verification.Simulation.Conversations;

/// <summary>
/// What a door will be for what the text protocol does not have: it carries calls to a gateway's <see cref="ClientSession"/> and answers
/// back, late, and translates nothing. One call is under way at a time.
/// </summary>
internal sealed class SimulatedDoor(Scheduler scheduler, SimulatedProcess gateway, Func<Func<bool>, ClientSession> open)
{
    private static readonly TimeSpan LongestTrip = TimeSpan.FromMilliseconds(30);
    private ClientSession? _session;
    private Action? _break;
    private bool _isBroken, _isClosed;

    private ClientSession Session => _session ??= open(() => _isClosed);

    /// <summary>Calls the session in its gateway.</summary>
    /// <returns>The outcome; null if the connection broke.</returns>
    public Task<Outcome<T>?> AskAsync<T>(Func<ClientSession, Task<Outcome<T>>> ask)
        where T : class
    {
        var answer = new TaskCompletionSource<Outcome<T>?>();
        _break = () => answer.TrySetResult(null);
        if (_isBroken) _break();
        scheduler.At(Trip(), () => gateway.Post(_ => _ = AnswerAsync()));
        return answer.Task;

        async Task AnswerAsync()
        {
            var outcome = await ask(Session);
            scheduler.At(Trip(), () => answer.TrySetResult(outcome));
        }
    }

    /// <summary>Closes it; the gateway hears of that.</summary>
    public void Close() => scheduler.At(Trip(), () => gateway.Post(_ =>
    {
        _isClosed = true;
        Session.Leave();
    }));

    /// <summary>The gateway's process has died.</summary>
    /// <param name="silently">Whether nobody tells the client.</param>
    public void ServerDied(bool silently)
    {
        if (silently) return;
        scheduler.At(Trip(), () =>
        {
            _isBroken = true;
            _break?.Invoke();
        });
    }

    private TimeSpan Trip() => scheduler.Delay(TimeSpan.Zero, LongestTrip);
}
