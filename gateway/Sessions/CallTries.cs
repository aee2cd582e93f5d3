namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// Decides when to repeat a grain call of unknown outcome: a silo that died took the answer with it, and its grains wake up on
/// another. Use it only for calls that may be repeated without harm.
/// </summary>
internal sealed class CallTries(TimeProvider time)
{
    /// <summary>
    /// No repetition begins later than this after the first call: late enough for one after a call that timed out. With the timeout
    /// of the last call, a command is answered within about 13 s; a login, which may wait for hashing, within 40 s.
    /// </summary>
    internal static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(7);

    /// <summary>The minimum delay between retries; it lets Orleans route around a stopping silo.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The repetitions begin no earlier than this after the first call. A restarted database is back after a second or two. Calls to a
    /// killed silo are rejected at once, until the cluster declares it dead, which it does before the last repetition.
    /// </summary>
    private static readonly TimeSpan[] NotBefore = [Pause, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5)];

    private readonly long _start = time.GetTimestamp();
    private int _retries;

    /// <summary>Whether this is not the first call.</summary>
    public bool IsRepetition => _retries > 0;

    /// <summary>Whether there may be another repetition.</summary>
    public bool MayRepeat => _retries < NotBefore.Length && time.GetElapsedTime(_start) + Pause <= LastRetry;

    /// <summary>Waits until the next repetition may begin.</summary>
    public Task WaitAsync()
    {
        var wait = NotBefore[_retries++] - time.GetElapsedTime(_start);
        return Task.Delay(wait > Pause ? wait : Pause, time);
    }
}
