using OrleansChat.GrainInterfaces;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Grains.Users;

// What the user sees of the messages that stay. The database answers; this grain hears of what it must know before it numbers messages.
public sealed partial class UserGrain
{
    /// <summary>The most entries or conversations in one answer.</summary>
    private const int MostAtOnce = 200;

    /// <inheritdoc/>
    public Task<ConversationReply<OwnAccount>> ReadAccount(string sessionKey) => Ask(
        conversations.ReadAccountAsync(sessionKey),
        own => new OwnAccount(own.User, own.Name, own.LogId, own.Epoch, own.Last, own.Received));

    /// <inheritdoc/>
    public Task<ConversationReply<string>> FindOwner(string sessionKey, string epoch, long logId) =>
        Ask(conversations.FindOwnerAsync(sessionKey, epoch, logId), name => name);

    /// <inheritdoc/>
    public Task<ConversationReply<ConversationPage>> ReadPage(string sessionKey, PageRequest request) => Ask(
        conversations.ReadPageAsync(sessionKey, new PageQuery(
            request.Peer, (PageSide)request.Kind, new Place(request.Place.Received, request.Place.Sent), request.Epoch,
            Bounded(request.Limit))),
        page => new ConversationPage(page.Epoch, [.. page.Entries.Select(ToEntry)], ToPlace(page.Older), ToPlace(page.Newer)));

    /// <inheritdoc/>
    public Task<ConversationReply<ConversationList>> List(string sessionKey, int limit, ListPlace? before) => Ask(
        conversations.ListAsync(sessionKey, Bounded(limit), ToPosition(before)), ToList);

    /// <inheritdoc/>
    public Task<ConversationReply<Conversation>> Find(string sessionKey, string peer) =>
        Ask(conversations.FindAsync(sessionKey, peer), ToConversation);

    /// <inheritdoc/>
    public Task<ConversationReply<Conversation>> SetMuted(string sessionKey, string peer, bool isMuted) =>
        Ask(conversations.SetMutedAsync(sessionKey, peer, isMuted), ToConversation);

    /// <inheritdoc/>
    public async Task<ConversationReply<Conversation>> MarkRead(string sessionKey, string epoch, string peer, long upTo)
    {
        var reply = await Ask(conversations.MarkReadAsync(sessionKey, epoch, peer, upTo), ToConversation);
        if (reply.Value is { } marked) MarkerMoved(marked.Peer, marked.LogId, marked.Read, marked.Unread, marked.UnreadAt);
        return reply;
    }

    /// <inheritdoc/>
    public Task<ConversationReply<LogPart>> ReadLog(string sessionKey, string epoch, long after, int limit) => Ask(
        conversations.ReadLogAsync(sessionKey, epoch, after, Bounded(limit)),
        part => new LogPart([.. part.Entries.Select(ToEntry)], part.Last, part.First));

    /// <inheritdoc/>
    public async Task<ConversationReply<Position>> Receive(string sessionKey, string epoch, long number)
    {
        var reply = await Ask(
            conversations.ReceiveAsync(sessionKey, epoch, number), received => new Position(account.State.AccountId, received));
        if (reply.Value is { } position && _appender?.AccountId == position.LogId) _appender.Received(position.Number);
        return reply;
    }

    /// <inheritdoc/>
    public async Task<ConversationReply<Position>> SetBlocked(string sessionKey, string peer, bool isBlocked)
    {
        try
        {
            return await Ask(
                conversations.SetBlockedAsync(sessionKey, peer, isBlocked), _ => new Position(account.State.AccountId, 0));
        }
        finally
        {
            // Also if it is unknown whether it was done.
            _appender?.BlocksChanged();
        }
    }

    /// <inheritdoc/>
    public Task<ConversationReply<string[]>> ListBlocked(string sessionKey) =>
        Ask(conversations.ListBlockedAsync(sessionKey), names => (string[])[.. names]);

    /// <inheritdoc/>
    public async Task<ConversationReply<Position>> Delete(string sessionKey, string epoch, long number, Guid id)
    {
        // An account that is gone or disabled still has the messages of others, but nobody sees them.
        if (!Exists) return No(ConversationStatus.NotFound);
        var log = account.State.AccountId;
        try
        {
            if (await conversations.GetEpochAsync() != epoch) return No(ConversationStatus.OtherEpoch);
            while (true)
            {
                if (await mailbox.FindDeletionAsync(log, sessionKey, number) is not { } deletion) return No(ConversationStatus.NotFound);
                if (deletion > 0) return new(ConversationStatus.Answered, new Position(log, deletion));
                switch (await Appender().DeleteAsync(sessionKey, id, number))
                {
                    // Now, by an earlier attempt, or by another client: the number tells.
                    case AppendResult.Stored or AppendResult.TargetGone:
                        Appended();
                        continue;
                    case AppendResult.SessionEnded: return No(ConversationStatus.NoSession);
                    default: return No(ConversationStatus.Unavailable);
                }
            }
        }
        catch (StorageUnavailableException)
        {
            return No(ConversationStatus.Unavailable);
        }

        static ConversationReply<Position> No(ConversationStatus status) => new(status, null);
    }

    private static async Task<ConversationReply<TReply>> Ask<TAnswer, TReply>(Task<Answer<TAnswer>> asked, Func<TAnswer, TReply> of)
        where TReply : class
    {
        try
        {
            var (value, reason) = await asked;
            return reason == NoAnswer.None ? new(ConversationStatus.Answered, of(value!)) : new((ConversationStatus)reason, null);
        }
        catch (StorageUnavailableException)
        {
            return new(ConversationStatus.Unavailable, null);
        }
    }

    private static int Bounded(int limit) => Math.Clamp(limit, 1, MostAtOnce);

    private static ListPosition? ToPosition(ListPlace? place) =>
        place is { } at ? new ListPosition(at.AcceptedAt, at.PeerId) : null;

    private static ConversationList ToList(StoredList list) => new(
        list.Epoch, list.LogId, list.End, [.. list.Conversations.Select(ToConversation)],
        list.Older is { } older ? new ListPlace(older.AcceptedAt, older.PeerId) : null);

    private static ConversationPlace? ToPlace(Place? place) => place is { } at ? new ConversationPlace(at.Received, at.Sent) : null;

    private static Conversation ToConversation(StoredConversation stored) => new(
        stored.Peer, stored.PeerName, stored.LogId, stored.Last is { } last ? ToEntry(last) : null, stored.Unread, stored.UnreadAt,
        stored.Read, stored.IsMuted);

    private static LogEntry ToEntry(StoredEntry stored) => new(
        stored.Id, stored.LogId, stored.Number, (EntryKind)stored.Kind, stored.Target, stored.Sender, stored.SenderName,
        stored.AcceptedAt, stored.Text, stored.User);
}
