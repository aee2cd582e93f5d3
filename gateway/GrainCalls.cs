using Microsoft.Extensions.Logging;

namespace OrleansChat.Gateway;

/// <summary>
/// Repeats grain calls of unknown outcome: a silo that died took the answer with it, and its grains wake up on another.
/// Only for calls that may be repeated without harm.
/// </summary>
internal static partial class GrainCalls
{
    /// <summary>A call is repeated at most so often.</summary>
    public const int MaxRetries = 2;

    /// <summary>No repetition begins later than this after the first call: with the last one's timeout, a command is answered within 11 s, a login's hashing aside.</summary>
    public static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(6);

    /// <summary>Before the first repetition and before the second: first a rejected call on its way round a silo that stops.</summary>
    private static readonly TimeSpan[] Delays = [TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)];

    /// <summary>Calls on behalf of a connection until there is an answer.</summary>
    /// <exception cref="Exception">The last call's, when none was answered.</exception>
    public static async Task<T> RepeatAsync<T>(ChatConnection connection, Func<Task<T>> call)
    {
        for (var tries = new Tries(connection.Services.Time); ;)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (tries.MayRepeat)
            {
                // The answer would have said where presence has to look for the session.
                connection.PresentSession = null;
                LogRepeated(connection.Services.Logger, connection.Id, e.GetType().Name);
                await tries.WaitAsync();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A call for connection {Connection} is repeated after a {Reason}.")]
    private static partial void LogRepeated(ILogger logger, string connection, string reason);

    /// <summary>Counts the repetitions of one call.</summary>
    public sealed class Tries(TimeProvider time)
    {
        private readonly long _start = time.GetTimestamp();
        private int _retries;

        /// <summary>Whether there may be another repetition.</summary>
        public bool MayRepeat => _retries < MaxRetries && time.GetElapsedTime(_start) + Delays[_retries] <= LastRetry;

        /// <summary>Waits for the next repetition.</summary>
        public Task WaitAsync() => Task.Delay(Delays[_retries++], time);
    }
}
