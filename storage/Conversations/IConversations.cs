using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Conversations;

/// <summary>
/// What a user sees of the messages that stay: conversations with other users, their pages and unread counts, and the inbox by number.
/// </summary>
/// <remarks>
/// A conversation is a view of two logs: the other's messages in one's own inbox, and one's own in theirs. Each direction is read in the
/// order of its numbers, without leaving a message out. Every method asks for a session, and the same statement checks that it is alive;
/// numbers come with the epoch in which they were learned, which it checks too. All throw <see cref="StorageUnavailableException"/> when
/// the database does not answer; it is then unknown whether a change was made, and repeating it is safe.
/// </remarks>
public interface IConversations
{
    /// <summary>Reads the account of the session.</summary>
    Task<Answer<StoredAccount>> ReadAccountAsync(string sessionKey);

    /// <summary>Returns the name of the user whose inbox a log is, if the session's owner has a conversation with them.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="epoch">The epoch in which the log was learned.</param>
    /// <param name="logId">The log.</param>
    Task<Answer<string>> FindOwnerAsync(string sessionKey, string epoch, long logId);

    /// <summary>Reads a page of a conversation.</summary>
    Task<Answer<StoredPage>> ReadPageAsync(string sessionKey, PageQuery request);

    /// <summary>Lists the conversations that have messages, the one with the latest message first.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="before">Only those behind this place; null for the first.</param>
    Task<Answer<StoredList>> ListAsync(string sessionKey, int limit, ListPosition? before);

    /// <summary>Reads one conversation, with its unread messages counted up to <see cref="StoredConversation.MostUnread"/>.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="peer">The other's user name.</param>
    Task<Answer<StoredConversation>> FindAsync(string sessionKey, string peer);

    /// <summary>Mutes a conversation, or no longer.</summary>
    Task<Answer<StoredConversation>> SetMutedAsync(string sessionKey, string peer, bool isMuted);

    /// <summary>
    /// Notes that everything of a conversation was read up to a number of the owner's inbox. A number below the present one changes
    /// nothing; one above the inbox's last counts as that.
    /// </summary>
    Task<Answer<StoredConversation>> MarkReadAsync(string sessionKey, string epoch, string peer, long upTo);

    /// <summary>Blocks a user, or no longer: what a blocked user begins to send after this has returned is refused.</summary>
    Task<Answer<bool>> SetBlockedAsync(string sessionKey, string peer, bool isBlocked);

    /// <summary>Returns the names of the users that the session's owner has blocked, in their order.</summary>
    Task<Answer<IReadOnlyList<string>>> ListBlockedAsync(string sessionKey);

    /// <summary>Reads the entries of the owner's inbox behind a number, received or not, oldest first.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="epoch">The epoch in which the number was learned.</param>
    /// <param name="after">Only entries with a higher number.</param>
    /// <param name="limit">At most this many, and at most about 1 MiB, but one if there is one.</param>
    Task<Answer<StoredPart>> ReadLogAsync(string sessionKey, string epoch, long after, int limit);

    /// <summary>
    /// Notes that everything in the owner's inbox up to a number has arrived, for good: it leaves the <c>inbox</c> of the text protocol. It
    /// only rises; a number above the inbox's last counts as that.
    /// </summary>
    /// <returns>The number up to which everything counts as received.</returns>
    Task<Answer<long>> ReceiveAsync(string sessionKey, string epoch, long number);

    /// <summary>Returns the incarnation of the database, which numbers belong to: a restored one has another.</summary>
    Task<string> GetEpochAsync();
}

/// <summary>Why there is no answer.</summary>
public enum NoAnswer
{
    /// <summary>There is one.</summary>
    None = 0,

    /// <summary>The session is not alive.</summary>
    NoSession = 1,

    /// <summary>There is no such user, or no such message.</summary>
    NotFound = 2,

    /// <summary>The numbers belong to another incarnation of the database.</summary>
    OtherEpoch = 3,
}

/// <summary>An answer, or why there is none.</summary>
public readonly record struct Answer<T>(T? Value, NoAnswer Reason)
{
    /// <summary>An answer.</summary>
    public static implicit operator Answer<T>(T value) => new(value, NoAnswer.None);

    /// <summary>Why there is none.</summary>
    public static implicit operator Answer<T>(NoAnswer reason) => new(default, reason);
}

/// <summary>An account, as its owner sees it.</summary>
/// <param name="User">The user name.</param>
/// <param name="Name">The display name.</param>
/// <param name="LogId">The inbox.</param>
/// <param name="Epoch">The epoch that its numbers belong to.</param>
/// <param name="Last">The last number of the inbox.</param>
/// <param name="Received">The number up to which everything has arrived.</param>
public sealed record StoredAccount(string User, string Name, long LogId, string Epoch, long Last, long Received);

/// <summary>Which page of a conversation.</summary>
/// <param name="Peer">The other's user name; one's own for the messages to oneself.</param>
/// <param name="Side">Where the page lies.</param>
/// <param name="Place">The place that the side speaks of; not used for the newest page.</param>
/// <param name="Epoch">The epoch in which the place was learned; not used for the newest page.</param>
/// <param name="Limit">At most this many entries, and at most about 1 MiB of them, but one if there is one.</param>
public sealed record PageQuery(string Peer, PageSide Side, Place Place, string Epoch, int Limit);

/// <summary>Where a page lies.</summary>
public enum PageSide
{
    /// <summary>At the newest end.</summary>
    Newest = 0,

    /// <summary>Before a place.</summary>
    Before = 1,

    /// <summary>After a place.</summary>
    After = 2,

    /// <summary>
    /// Around a message, which is in it: <see cref="Place.Received"/> names it if it is in one's own inbox, else
    /// <see cref="Place.Sent"/>; the other number is 0.
    /// </summary>
    Around = 3,
}

/// <summary>
/// A place in a conversation: between two messages of each direction. Everything up to these numbers stands before it, everything above
/// them after it.
/// </summary>
/// <param name="Received">A number of one's own inbox, where the other's messages are.</param>
/// <param name="Sent">A number of the other's inbox, where one's own messages are; 0 in the conversation with oneself.</param>
public readonly record struct Place(long Received, long Sent);

/// <summary>A page of a conversation.</summary>
/// <param name="Epoch">The epoch that its numbers belong to.</param>
/// <param name="Entries">
/// Oldest first. Each direction is in the order of its numbers; of the next message of each, the one that was accepted first goes first.
/// </param>
/// <param name="Older">The place before the page; null if nothing stands before it.</param>
/// <param name="Newer">The place after the page; null if nothing stands after it.</param>
public sealed record StoredPage(
    string Epoch, IReadOnlyList<StoredEntry> Entries, Place? Older, Place? Newer);

/// <summary>An entry of a log.</summary>
/// <param name="Id">The id of the message, the same for everybody and for ever.</param>
/// <param name="LogId">The log: the inbox of the account with this id, or a room.</param>
/// <param name="Number">Its number in the log: 1, 2, 3, ... without a gap.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Target">Of a deletion: the number of the message. Of a deleted message: the number of its deletion. Else null.</param>
/// <param name="Sender">
/// The sender's user name; <c>removed-N</c> once erased. Of a change in a room: who made it; empty for an operator, and where an owner was
/// appointed because the last one has gone.
/// </param>
/// <param name="SenderName">The sender's display name.</param>
/// <param name="AcceptedAt">When it was accepted, by the database's clock.</param>
/// <param name="Text">UTF-8, as the text protocol has it; empty once deleted. Of a change in a room: the new role, or the title.</param>
/// <param name="User">Of a change in a room: the name of the user whom it is about. Else null.</param>
public sealed record StoredEntry(
    Guid Id, long LogId, long Number, StoredKind Kind, long? Target, string Sender, string SenderName, DateTimeOffset AcceptedAt,
    byte[] Text, string? User = null);

/// <summary>The kinds of entries.</summary>
public enum StoredKind
{
    /// <summary>A message.</summary>
    Message = 0,

    /// <summary>The deletion of an earlier message.</summary>
    Deleted = 1,

    /// <summary>In a room: somebody has joined, or was added.</summary>
    Joined = 2,

    /// <summary>In a room: somebody has left.</summary>
    Left = 3,

    /// <summary>In a room: somebody was removed.</summary>
    Removed = 4,

    /// <summary>In a room: the title was set, or who may join and what new members see.</summary>
    Title = 5,

    /// <summary>In a room: somebody was given another role.</summary>
    Role = 6,
}

/// <summary>A part of a log, by number.</summary>
/// <param name="Entries">Oldest first, with numbers that follow each other.</param>
/// <param name="Last">The last number of the log, whether or not it is among the entries.</param>
/// <param name="First">Set if entries behind the given number have been deleted: the first number that may still be there.</param>
public sealed record StoredPart(IReadOnlyList<StoredEntry> Entries, long Last, long? First);

/// <summary>A conversation, as its owner sees it.</summary>
/// <param name="Peer">The other's user name; of a room, its name with <c>#</c> before it.</param>
/// <param name="PeerName">The other's display name; of a room, its title.</param>
/// <param name="LogId">
/// The owner's inbox, or the room's log, which <paramref name="Read"/> and <paramref name="UnreadAt"/> are numbers of.
/// </param>
/// <param name="Last">The latest message of either side, or the latest entry of the room; null if there is none.</param>
/// <param name="Unread">How many messages of others have a number above <paramref name="Read"/>; at most what was counted up to.</param>
/// <param name="UnreadAt">The last number of the log when it was counted.</param>
/// <param name="Read">The number up to which everything was read.</param>
/// <param name="IsMuted">Whether the owner has muted it.</param>
public sealed record StoredConversation(
    string Peer, string PeerName, long LogId, StoredEntry? Last, int Unread, long UnreadAt, long Read, bool IsMuted)
{
    /// <summary>The most unread messages that are counted of one conversation.</summary>
    public const int MostUnread = 1000;

    /// <summary>The most unread messages that are counted of each conversation in a list: more are said to be as many.</summary>
    public const int MostUnreadInList = 100;
}

/// <summary>A place in the list of conversations: behind the one with this peer or room, whose latest entry was accepted then.</summary>
public readonly record struct ListPosition(DateTimeOffset AcceptedAt, long PeerId);

/// <summary>A part of the list of conversations.</summary>
/// <param name="Epoch">The epoch that its numbers belong to.</param>
/// <param name="LogId">The owner's inbox.</param>
/// <param name="End">The last number of the owner's inbox.</param>
/// <param name="Conversations">The one with the latest message first.</param>
/// <param name="Older">The place behind the last of them; null if no more follow.</param>
public sealed record StoredList(
    string Epoch, long LogId, long End, IReadOnlyList<StoredConversation> Conversations, ListPosition? Older);
