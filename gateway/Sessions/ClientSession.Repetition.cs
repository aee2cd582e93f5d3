using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

internal sealed partial class ClientSession
{
    /// <summary>Calls until there is a definite answer, or no time for another call.</summary>
    /// <param name="call">The call; its argument tells whether an earlier one's outcome is unknown.</param>
    /// <param name="isUnknown">Whether an answer says that the outcome is unknown; by default none does.</param>
    /// <param name="counts">Whether an unanswered call tells the load gate that the service does not keep up.</param>
    /// <exception cref="Exception">The failure of the last call, if none was answered.</exception>
    private async Task<T> RepeatAsync<T>(Func<bool, Task<T>> call, Predicate<T>? isUnknown = null, bool counts = true)
    {
        var tries = new CallTries(services.Time);
        using var load = counts ? services.Load.Begin() : default;
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
            catch (Exception exception) when (tries.MayRepeat)
            {
                // The lost answer would have told whether the session has moved: report it again with its next use.
                ReportedSession = null;
                LogRepeated(services.Logger, Id, exception.GetType().Name);
            }
            _guard.GiveTurnBack();
            await tries.WaitAsync();
        }
    }

    /// <summary>
    /// Sends, and repeats the messages of unknown outcome. A stored message counts as stored whatever a repetition says. A message
    /// whose outcome was unknown once is never reported as not stored.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SendReply> SendRepeatedlyAsync(LeasedSession session, OutgoingMessage[] messages)
    {
        var use = default(SessionUse);
        var statuses = new SendStatus[messages.Length];
        var open = default(int[]);
        var isSent = false;
        var alone = default(AppendReply);
        using var load = services.Load.Begin();
        for (var tries = new CallTries(services.Time); ;)
        {
            try
            {
                var reply = await session.SendAsync(open is null ? messages : Pick(messages, open), isSent);
                use = Merge(use, reply.Use);
                if (reply.Alone.Status == SendStatus.Sent) alone = reply.Alone;
                Take(reply.Statuses, statuses, open);
                // "Too many" is the gateway's own answer.
                if (Array.Exists(reply.Statuses, status => status is not (SendStatus.Unavailable or SendStatus.TooManySends)))
                    load.Answered();
                isSent = true;
            }
            catch (Exception exception)
            {
                // As in RepeatAsync.
                ReportedSession = null;
                LogRepeated(services.Logger, Id, exception.GetType().Name);
            }
            if (!statuses.Contains(SendStatus.Unavailable) || !tries.MayRepeat) return new SendReply(use, statuses, alone);
            _guard.GiveTurnBack();
            await tries.WaitAsync();
            if (isSent) open = OpenOf(statuses);
        }
    }

    /// <summary>
    /// Merges the answer to the first call, which was about all messages, or to a repetition about those that were still open.
    /// </summary>
    private static void Take(SendStatus[] answered, SendStatus[] statuses, int[]? open)
    {
        if (open is null) answered.CopyTo(statuses, 0);
        else
            for (var i = 0; i < open.Length; i++)
                if (answered[i] == SendStatus.Sent) statuses[open[i]] = SendStatus.Sent;
    }

    private static OutgoingMessage[] Pick(OutgoingMessage[] messages, int[] places) => Array.ConvertAll(places, i => messages[i]);

    private static int[] OpenOf(SendStatus[] statuses) =>
        [.. Enumerable.Range(0, statuses.Length).Where(i => statuses[i] == SendStatus.Unavailable)];

    private static SessionUse Merge(SessionUse before, SessionUse now) =>
        now with { Moved = before.Moved || now.Moved, Number = Math.Max(before.Number, now.Number) };

    [LoggerMessage(2301, LogLevel.Debug, "A grain call for connection {Connection} failed with {Reason}; calling again.")]
    private static partial void LogRepeated(ILogger logger, string connection, string reason);
}
