using Microsoft.Extensions.Logging;

namespace OrleansChat.Gateway;

/// <summary>
/// Repeats grain calls of unknown outcome: a silo that died took the answer with it, and its grains wake up on another.
/// Only for calls that may be repeated without harm.
/// </summary>
internal static partial class GrainCalls
{
    /// <summary>
    /// No repetition begins later than this after the first call: late enough for one that follows a call which timed out.
    /// With its own timeout, a command is answered within some 13 s; a login, which may wait for hashing, within 40.
    /// </summary>
    public static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(7);

    /// <summary>Before a repetition: a call that was rejected finds its way round a silo that stops.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The repetitions begin no earlier than this after the first call: a database that was restarted is there again after a
    /// second or two; a silo that was killed rejects at once, and is declared dead within the last of them.
    /// </summary>
    private static readonly TimeSpan[] NotBefore =
        [Pause, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5)];

    /// <summary>Calls on behalf of a connection until there is an answer that is certain.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="call">The call; its argument tells whether an earlier one's outcome is unknown.</param>
    /// <param name="isUnknown">Whether an answer says that the outcome is unknown; none does unless told.</param>
    /// <param name="counts">Whether a call that is not answered tells that the service does not keep up.</param>
    /// <exception cref="Exception">The last call's, when none was answered.</exception>
    public static async Task<T> RepeatAsync<T>(
        ChatConnection connection, Func<bool, Task<T>> call, Predicate<T>? isUnknown = null, bool counts = true)
    {
        var tries = new Tries(connection.Services.Time);
        using var load = counts ? connection.Services.Load.Begin() : default;
        while (true)
        {
            try
            {
                var answer = await call(tries.IsRepetition);
                if (isUnknown?.Invoke(answer) != true)
                {
                    load.Answered();
                    return answer;
                }
                if (!tries.MayRepeat) return answer;
            }
            catch (Exception e) when (tries.MayRepeat)
            {
                // The answer would have said where presence has to look for the session.
                connection.PresentSession = null;
                LogRepeated(connection.Services.Logger, connection.Id, e.GetType().Name);
            }
            connection.Guard.GiveTurnBack();
            await tries.WaitAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A call for connection {Connection} is repeated after a {Reason}.")]
    private static partial void LogRepeated(ILogger logger, string connection, string reason);

    /// <summary>Counts the repetitions of one call.</summary>
    public sealed class Tries(TimeProvider time)
    {
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
}
