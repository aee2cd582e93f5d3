using OrleansChat.Protocol;

namespace OrleansChat.Gateway.Commands;

/// <summary><c>inbox [TOKEN]</c>: hands over unread messages. They stay unread until <see cref="HandOvers"/> sees that they were received.</summary>
internal static class InboxCommand
{
    public static async Task Handle(ChatConnection connection, Command command, CancellationToken stopping)
    {
        if (await CommandHandlers.FindSessionAsync(connection, command) is not { } sessionKey) return;
        var session = connection.Services.Session(sessionKey);
        while (true)
        {
            var after = connection.HandOvers.PositionOf(sessionKey);
            var reply = await connection.ReadInTurnAsync(_ => session.ReadInbox(after, connection.Id), stopping);
            if (reply is not { Session.User: { } user, Page: { } page })
            {
                connection.Guard.Refused(sessionKey);
                ReplyWriter.WriteError(connection.Replies, ReplyError.NoSession);
                return;
            }
            await connection.UsedAsync(sessionKey, reply.Session);
            connection.HandOvers.Reads(sessionKey, page.AccountId);
            // Another session of the same user may have been handed more on this connection.
            if (connection.HandOvers.PositionOf(sessionKey) > after) continue;

            var entries = page.Messages.Select(m => new InboxEntry(m.Sender, m.SenderName, m.Text));
            var count = InboxReply.CountThatFit(page.OwnerName, entries);
            InboxReply.Write(connection.Replies, page.OwnerName, entries.Take(count));
            if (count > 0) await connection.HandOvers.WrittenAsync(user, page.AccountId, page.Messages[count - 1].Number, stopping);
            return;
        }
    }
}
