namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// When a grain call of unknown outcome is repeated: a silo that died took the answer with it, and its grains wake up on another.
/// Only for calls that may be repeated without harm.
/// </summary>
internal sealed class CallTries(TimeProvider time)
{
    /// <summary>
    /// No repetition begins later than this after the first call: late enough for one that follows a call which timed out.
    /// With its own timeout, a command is answered within some 13 s; a login, which may wait for hashing, within 40.
    /// </summary>
    internal static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(7);

    /// <summary>Before a repetition: a call that was rejected finds its way round a silo that stops.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The repetitions begin no earlier than this after the first call: a database that was restarted is there again after a
    /// second or two; a silo that was killed rejects at once, and is declared dead within the last of them.
    /// </summary>
    private static readonly TimeSpan[] NotBefore = [Pause, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5)];

    private readonly long _start = time.GetTimestamp();
    private int _retries;

    /// <summary>Whether this is not the first call.</summary>
    public bool IsRepetition => _retries > 0;

    /// <summary>Whether there may be another repetition.</summary>
    public bool MayRepeat => _retries < NotBefore.Length && time.GetElapsedTime(_start) + Pause <= LastRetry;

    /// <summary>Waits for the next repetition.</summary>
    public Task WaitAsync()
    {
        var wait = NotBefore[_retries++] - time.GetElapsedTime(_start);
        return Task.Delay(wait > Pause ? wait : Pause, time);
    }
}
