using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>
/// What a user sees of the messages that stay. The same grain as <see cref="IUserGrain"/>, with the same key. All calls interleave.
/// </summary>
/// <remarks>
/// Each call names a session of the user, and the SQL statement that answers checks that it is alive. Numbers come with the epoch in which
/// they were learned: a restored database has another. An exception means that the service cannot answer now; repeating any call is safe.
/// </remarks>
[Alias("OrleansChat.IConversationGrain"), GrainInterfaceType("OrleansChat.IConversationGrain")]
public interface IConversationGrain : IGrainWithStringKey
{
    /// <summary>Reads the account of the session.</summary>
    [Alias("ReadAccount"), AlwaysInterleave]
    Task<ConversationReply<OwnAccount>> ReadAccount(string sessionKey);

    /// <summary>Returns the name of the user whose inbox a log is, if the session's owner has a conversation with them.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="epoch">The epoch in which the log was learned.</param>
    /// <param name="logId">The log.</param>
    [Alias("FindOwner"), AlwaysInterleave]
    Task<ConversationReply<string>> FindOwner(string sessionKey, string epoch, long logId);

    /// <summary>Reads a page of the conversation with another user.</summary>
    [Alias("ReadPage"), AlwaysInterleave]
    Task<ConversationReply<ConversationPage>> ReadPage(string sessionKey, PageRequest request);

    /// <summary>Lists the conversations with users that have messages, the one with the latest message first.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="before">Only those behind this place; null for the first.</param>
    [Alias("List"), AlwaysInterleave]
    Task<ConversationReply<ConversationList>> List(string sessionKey, int limit, ListPlace? before);

    /// <summary>Reads one conversation.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="peer">The other's user name.</param>
    [Alias("Find"), AlwaysInterleave]
    Task<ConversationReply<Conversation>> Find(string sessionKey, string peer);

    /// <summary>Mutes a conversation, or no longer.</summary>
    [Alias("SetMuted"), AlwaysInterleave]
    Task<ConversationReply<Conversation>> SetMuted(string sessionKey, string peer, bool isMuted);

    /// <summary>
    /// Notes that everything of a conversation was read up to a number of the user's inbox. A number below the present one changes nothing;
    /// one above the inbox's last counts as that.
    /// </summary>
    [Alias("MarkRead"), AlwaysInterleave]
    Task<ConversationReply<Conversation>> MarkRead(string sessionKey, string epoch, string peer, long upTo);

    /// <summary>Reads the entries of the user's inbox with higher numbers, received or not, oldest first.</summary>
    [Alias("ReadLog"), AlwaysInterleave]
    Task<ConversationReply<LogPart>> ReadLog(string sessionKey, string epoch, long after, int limit);

    /// <summary>
    /// Notes that everything in the user's inbox up to a number has arrived: it leaves the <c>inbox</c> of the text protocol. Returns the
    /// number up to which everything counts as received; it only rises.
    /// </summary>
    [Alias("Receive"), AlwaysInterleave]
    Task<ConversationReply<Position>> Receive(string sessionKey, string epoch, long number);

    /// <summary>Blocks a user, or no longer: what a blocked user begins to send after the answer is refused.</summary>
    [Alias("SetBlocked"), AlwaysInterleave]
    Task<ConversationReply<Position>> SetBlocked(string sessionKey, string peer, bool isBlocked);

    /// <summary>Returns the names of the users whom this one has blocked.</summary>
    [Alias("ListBlocked"), AlwaysInterleave]
    Task<ConversationReply<string[]>> ListBlocked(string sessionKey);

    /// <summary>
    /// Deletes a message of this user's inbox, which the session's owner wrote: its text is emptied for everybody, and an entry says so.
    /// Repeating it under the same id changes nothing more.
    /// </summary>
    /// <param name="sessionKey">The session of the writer.</param>
    /// <param name="epoch">The epoch in which the number was learned.</param>
    /// <param name="number">The number of the message.</param>
    /// <param name="id">The id of the entry, minted as a message's.</param>
    [Alias("Delete"), AlwaysInterleave]
    Task<ConversationReply<Position>> Delete(string sessionKey, string epoch, long number, Guid id);
}

/// <summary>Why there is no answer.</summary>
public enum ConversationStatus
{
    /// <summary>There is one.</summary>
    Answered = 0,

    /// <summary>The session is not alive.</summary>
    NoSession = 1,

    /// <summary>There is no such user, or no such message of the session's owner.</summary>
    NotFound = 2,

    /// <summary>The numbers belong to another incarnation of the database.</summary>
    OtherEpoch = 3,

    /// <summary>It is unknown whether it was done.</summary>
    Unavailable = 4,
}

/// <summary>An answer, or why there is none.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.ConversationReply`1")]
public sealed record ConversationReply<T>([property: Id(0)] ConversationStatus Status, [property: Id(1)] T? Value)
    where T : class;

/// <summary>An account, as its owner sees it.</summary>
/// <param name="User">The user name.</param>
/// <param name="Name">The display name.</param>
/// <param name="LogId">The inbox.</param>
/// <param name="Epoch">The epoch that its numbers belong to.</param>
/// <param name="Last">The last number of the inbox.</param>
/// <param name="Received">The number up to which everything has arrived.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.OwnAccount")]
public sealed record OwnAccount(
    [property: Id(0)] string User, [property: Id(1)] string Name, [property: Id(2)] long LogId, [property: Id(3)] string Epoch,
    [property: Id(4)] long Last, [property: Id(5)] long Received);

/// <summary>A number of a log.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.Position")]
public sealed record Position([property: Id(0)] long LogId, [property: Id(1)] long Number);

/// <summary>Numbers of several logs.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.Positions")]
public sealed record Positions([property: Id(0)] Position[] Logs);

/// <summary>Which page of a conversation.</summary>
/// <param name="Peer">The other's user name; one's own for the messages to oneself.</param>
/// <param name="Kind">Where the page lies.</param>
/// <param name="Place">The place that the kind speaks of; not used for the newest page.</param>
/// <param name="Epoch">The epoch in which the place was learned; not used for the newest page.</param>
/// <param name="Limit">At most this many entries, and at most about 1 MiB of them, but one if there is one.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.PageRequest")]
public sealed record PageRequest(
    [property: Id(0)] string Peer, [property: Id(1)] PageKind Kind, [property: Id(2)] ConversationPlace Place,
    [property: Id(3)] string Epoch, [property: Id(4)] int Limit);

/// <summary>Where a page lies.</summary>
public enum PageKind
{
    /// <summary>At the newest end.</summary>
    Newest = 0,

    /// <summary>Before a place.</summary>
    Before = 1,

    /// <summary>After a place.</summary>
    After = 2,

    /// <summary>Around a message, which is in it: one of the place's numbers names it, and the other is 0.</summary>
    Around = 3,
}

/// <summary>
/// A place in a conversation: everything up to these numbers stands before it, everything above them after it.
/// </summary>
/// <param name="Received">A number of one's own inbox, where the other's messages are.</param>
/// <param name="Sent">A number of the other's inbox, where one's own messages are; 0 in the conversation with oneself.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.ConversationPlace")]
public readonly record struct ConversationPlace([property: Id(0)] long Received, [property: Id(1)] long Sent);

/// <summary>A page of a conversation.</summary>
/// <param name="Epoch">The epoch that its numbers belong to.</param>
/// <param name="Entries">
/// Oldest first. Each direction is in the order of its numbers; of the next message of each, the one that was accepted first goes first.
/// </param>
/// <param name="Older">The place before the page; null if nothing stands before it.</param>
/// <param name="Newer">The place after the page; null if nothing stands after it.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.ConversationPage")]
public sealed record ConversationPage(
    [property: Id(0)] string Epoch, [property: Id(1)] LogEntry[] Entries, [property: Id(2)] ConversationPlace? Older,
    [property: Id(3)] ConversationPlace? Newer);

/// <summary>A conversation, as its owner sees it.</summary>
/// <param name="Peer">The other's user name; of a room, its name with <c>#</c> before it.</param>
/// <param name="PeerName">The other's display name; of a room, its title.</param>
/// <param name="LogId">
/// The owner's inbox, or the room's log, which <paramref name="Read"/> and <paramref name="UnreadAt"/> are numbers of.
/// </param>
/// <param name="Last">The latest message of either side, or the latest entry of the room; null if there is none.</param>
/// <param name="Unread">
/// How many messages of others have a number above <paramref name="Read"/>: exact up to 99 in a list, which says 100 for more, and up to
/// 1,000 for one conversation.
/// </param>
/// <param name="UnreadAt">The last number of the log when it was counted.</param>
/// <param name="Read">The number up to which everything was read.</param>
/// <param name="IsMuted">Whether the owner has muted it.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.Conversation")]
public sealed record Conversation(
    [property: Id(0)] string Peer, [property: Id(1)] string PeerName, [property: Id(2)] long LogId, [property: Id(3)] LogEntry? Last,
    [property: Id(4)] int Unread, [property: Id(5)] long UnreadAt, [property: Id(6)] long Read, [property: Id(7)] bool IsMuted);

/// <summary>A place in the list of conversations: behind the one with this peer or room, whose latest entry was accepted then.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.ListPlace")]
public readonly record struct ListPlace([property: Id(0)] DateTimeOffset AcceptedAt, [property: Id(1)] long PeerId);

/// <summary>A part of the list of conversations.</summary>
/// <param name="Epoch">The epoch that its numbers belong to.</param>
/// <param name="LogId">The owner's inbox.</param>
/// <param name="End">The last number of the owner's inbox.</param>
/// <param name="Conversations">The one with the latest message first.</param>
/// <param name="Older">The place behind the last of them; null if no more follow.</param>
/// <param name="Rooms">The last numbers of all rooms that the owner is in; null in a list without rooms.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.ConversationList")]
public sealed record ConversationList(
    [property: Id(0)] string Epoch, [property: Id(1)] long LogId, [property: Id(2)] long End,
    [property: Id(3)] Conversation[] Conversations, [property: Id(4)] ListPlace? Older, [property: Id(5)] Position[]? Rooms = null);
