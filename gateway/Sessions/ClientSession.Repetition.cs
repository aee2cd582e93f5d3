using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

internal sealed partial class ClientSession
{
    /// <summary>Calls until there is an answer that is certain.</summary>
    /// <param name="call">The call; its argument tells whether an earlier one's outcome is unknown.</param>
    /// <param name="isUnknown">Whether an answer says that the outcome is unknown; none does unless told.</param>
    /// <param name="counts">Whether a call that is not answered tells that the service does not keep up.</param>
    /// <exception cref="Exception">The last call's, when none was answered.</exception>
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
                // Its answer would have said where presence has to look for the session.
                PresentSession = null;
                LogRepeated(services.Logger, Id, exception.GetType().Name);
            }
            _guard.GiveTurnBack();
            await tries.WaitAsync();
        }
    }

    /// <summary>
    /// Sends, and repeats what is of unknown outcome. A message that was stored stays so whatever a repetition says; one
    /// whose outcome was unknown once cannot be said not to be stored.
    /// </summary>
    private async Task<SendReply> SendRepeatedlyAsync(ISessionGrain grain, OutgoingMessage[] messages)
    {
        var use = default(SessionUse);
        var statuses = new SendStatus[messages.Length];
        var open = default(int[]);
        using var load = services.Load.Begin();
        for (var tries = new CallTries(services.Time); ;)
        {
            try
            {
                var reply = await grain.Send(open is null ? messages : Pick(messages, open), Id);
                use = Merge(use, reply.Session);
                Take(reply.Statuses, statuses, open);
                if (!Array.TrueForAll(reply.Statuses, status => status == SendStatus.Unavailable)) load.Answered();
            }
            catch (Exception exception)
            {
                // The same.
                PresentSession = null;
                LogNotSent(services.Logger, open?.Length ?? messages.Length, Id, exception);
            }
            if (!statuses.Contains(SendStatus.Unavailable) || !tries.MayRepeat) return new SendReply(use, statuses);
            _guard.GiveTurnBack();
            await tries.WaitAsync();
            open = OpenOf(statuses);
        }
    }

    /// <summary>
    /// Takes the answer to the first call, which was about all messages, or to a repetition about those that were still open.
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

    [LoggerMessage(Level = LogLevel.Debug, Message = "A call for connection {Connection} is repeated after a {Reason}.")]
    private static partial void LogRepeated(ILogger logger, string connection, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "{Count} messages of connection {Connection}: it is unknown whether they were stored.")]
    private static partial void LogNotSent(ILogger logger, int count, string connection, Exception exception);
}
