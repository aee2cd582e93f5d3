using OrleansChat.Protocol;

namespace OrleansChat.Gateway.Commands;

/// <summary><c>inbox [TOKEN]</c>: hands over unread messages. They stay unread until <see cref="HandOvers"/> sees that they were received.</summary>
internal static class InboxCommand
{
    public static async Task Handle(ChatConnection connection, Command command, CancellationToken stopping)
    {
        // The turn ends before the client takes the reply, which may be long.
        if (await WriteAsync(connection, command, stopping) is { } page) await connection.HandOvers.WrittenAsync(page.User, page.AccountId, page.Number, stopping);
    }

    /// <summary>Writes the reply; whose messages are in it, up to which number, or null where there are none.</summary>
    private static async Task<(string User, long AccountId, long Number)?> WriteAsync(ChatConnection connection, Command command, CancellationToken stopping)
    {
        using var turn = await connection.TakeReadTurnAsync(stopping);
        if (await CommandHandlers.FindSessionAsync(connection, command) is not { } sessionKey) return null;
        var session = connection.Services.Grains.Session(sessionKey);
        while (true)
        {
            var after = connection.HandOvers.PositionOf(sessionKey);
            var reply = await GrainCalls.RepeatAsync(connection, _ => session.ReadInbox(after, connection.Id));
            if (reply is not { Session.User: { } user, Page: { } page })
            {
                connection.Guard.Refused(sessionKey);
                ReplyWriter.WriteError(connection.Replies, ReplyError.NoSession);
                return null;
            }
            await connection.UsedAsync(sessionKey, reply.Session);
            connection.HandOvers.Reads(sessionKey, page.AccountId);
            // Another session of the same user may have been handed more on this connection.
            if (connection.HandOvers.PositionOf(sessionKey) > after) continue;

            var entries = page.Messages.Select(m => new InboxEntry(m.Sender, m.SenderName, m.Text));
            var count = InboxReply.CountThatFit(page.OwnerName, entries);
            InboxReply.Write(connection.Replies, page.OwnerName, entries.Take(count));
            return count > 0 ? (user, page.AccountId, page.Messages[count - 1].Number) : null;
        }
    }
}
