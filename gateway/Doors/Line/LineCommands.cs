using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Protocol.Line;

namespace OrleansChat.Gateway.Doors.Line;

/// <summary>
/// Answers each command with one reply, or with none when the client has gone; <see cref="SendBatch"/> answers <c>send</c>.
/// </summary>
internal sealed class LineCommands(ClientSession session, ReplyOutput replies, HandOvers handOvers)
{
    /// <summary>The token of the last login on this connection, which a command without a token uses.</summary>
    private string? _ownToken;

    /// <summary>Answers a command.</summary>
    public Task AnswerAsync(Command command, CancellationToken stopping) => command.Kind switch
    {
        CommandKind.LogIn => LogInAsync(command),
        CommandKind.SendOnce => SendOnceAsync(command),
        CommandKind.Inbox => InboxAsync(command, stopping),
        CommandKind.ListUsers => ListUsersAsync(command),
        CommandKind.LogOut => LogOutAsync(command),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    private async Task LogInAsync(Command command)
    {
        var outcome = await session.LogInAsync(command.User, new Secret(command.Password));
        if (!outcome.TryGet(out var token, out var refusal)) replies.Refuse(refusal);
        else ReplyWriter.WriteLoggedIn(replies, _ownToken = token);
    }

    private async Task SendOnceAsync(Command command)
    {
        var message = session.NewMessage(command.User, command.Text, command.OnceId);
        var outcome = await session.SendOnceAsync(SessionToken.KeyOf(command.Token), message);
        if (!outcome.TryGet(out var receipt, out var refusal)) replies.Refuse(refusal);
        else ReplyWriter.WriteReceipt(replies, receipt.MessageId, receipt.Durability);
    }

    /// <summary>Hands over unread messages. They stay unread until <see cref="HandOvers"/> sees that they were received.</summary>
    private async Task InboxAsync(Command command, CancellationToken stopping)
    {
        // Writing is a method of its own, so that the page is not kept in memory while the client takes the reply.
        if (await WriteInboxAsync(command) is { } written)
            await handOvers.WrittenAsync(written.User, written.AccountId, written.Through, stopping);
    }

    /// <summary>Writes the reply. Returns whose messages it holds, and how far they go; null when there are none to receive.</summary>
    private async Task<(string User, long AccountId, InboxPositions Through)?> WriteInboxAsync(Command command)
    {
        if (LacksToken(command)) return null;
        var key = KeyOf(command);
        var outcome = await session.ReadInboxAsync(key, handOvers.PositionsOf(key), handOvers.PositionsOf);
        if (!outcome.TryGet(out var inbox, out var refusal))
        {
            replies.Refuse(refusal);
            return null;
        }
        var page = inbox.Page;
        handOvers.Reads(key!, page.AccountId);
        var entries = page.Messages.Select(m => m.Room is null
            ? new InboxEntry(m.Sender, m.SenderName, m.Text)
            : new InboxEntry(RoomName.ToRecipient(m.Room), m.SenderName, m.Text, To: RoomName.ToRecipient(m.Room)));
        var count = InboxReply.CountThatFit(page.OwnerName, entries);
        InboxReply.Write(replies, page.OwnerName, entries.Take(count));
        var through = count == page.Messages.Length ? new InboxPositions(page.Through, page.Rooms) : EndOf(page.Messages[..count]);
        return handOvers.PositionsOf(page.AccountId).Covers(through) ? null : (inbox.User, page.AccountId, through);
    }

    /// <summary>How far these messages go, in each log; what is left of the page comes after that in every one.</summary>
    private static InboxPositions EndOf(InboxMessage[] messages) => new(
        messages.LastOrDefault(message => message.RoomLog == 0)?.Number ?? 0,
        [.. messages.Where(message => message.RoomLog != 0).GroupBy(message => message.RoomLog)
            .Select(log => new Position(log.Key, log.Last().Number)).OrderBy(room => room.LogId)]);

    private async Task ListUsersAsync(Command command)
    {
        var outcome = await session.ListUsersAsync(KeyOf(command));
        if (!outcome.TryGet(out var users, out var refusal)) replies.Refuse(refusal);
        else ReplyWriter.WriteUsers(replies, users);
    }

    private async Task LogOutAsync(Command command)
    {
        if (LacksToken(command)) return;
        var outcome = await session.LogOutAsync(KeyOf(command));
        if (!outcome.TryGet(out var user, out var refusal)) replies.Refuse(refusal);
        else ReplyWriter.WriteLoggedOut(replies, user);
    }

    private string? KeyOf(Command command) => SessionToken.KeyOf(string.IsNullOrEmpty(command.Token) ? _ownToken : command.Token);

    /// <summary>Whether a command lacks a token and nobody has logged in on this connection; if so, this has written the reply.</summary>
    private bool LacksToken(Command command)
    {
        if (command.Token is not null || _ownToken is not null) return false;
        ReplyWriter.WriteError(replies, ReplyError.MissingArguments);
        return true;
    }
}
