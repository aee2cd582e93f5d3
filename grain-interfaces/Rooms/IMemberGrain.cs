using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces.Rooms;

/// <summary>
/// What a user sees of rooms. The same grain as <see cref="IUserGrain"/>, with the same key: so a room with many readers is asked by none
/// of them. All calls interleave.
/// </summary>
/// <remarks>
/// Each call names a session of the user, and the SQL statement that answers checks that it is alive and what its owner may see. To
/// somebody outside, a private room is one that does not exist; of a public one they learn what it is, and read nothing.
/// </remarks>
[Alias("OrleansChat.IMemberGrain"), GrainInterfaceType("OrleansChat.IMemberGrain")]
public interface IMemberGrain : IGrainWithStringKey
{
    /// <summary>Reads what a room is, with its unread messages counted up to 1,000.</summary>
    [Alias("FindRoom"), AlwaysInterleave]
    Task<ConversationReply<RoomInfo>> FindRoom(string sessionKey, string room);

    /// <summary>Returns the name of the room whose log this is, if the session's owner is a member.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="epoch">The epoch in which the log was learned.</param>
    /// <param name="logId">The log.</param>
    [Alias("FindRoomOfLog"), AlwaysInterleave]
    Task<ConversationReply<string>> FindRoomOfLog(string sessionKey, string epoch, long logId);

    /// <summary>
    /// Lists the conversations with users that have messages, and all rooms of the user, together: the one with the latest entry first.
    /// </summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="before">Only those behind this place; null for the first.</param>
    [Alias("ListConversations"), AlwaysInterleave]
    Task<ConversationReply<ConversationList>> ListConversations(string sessionKey, int limit, ListPlace? before);

    /// <summary>
    /// Notes that everything in these logs up to these numbers has arrived: the user's inbox, or rooms of the user. If one of the logs is
    /// neither, nothing is done. Returns the numbers up to which everything counts as received; they only rise.
    /// </summary>
    [Alias("ReceiveLogs"), AlwaysInterleave]
    Task<ConversationReply<Positions>> ReceiveLogs(string sessionKey, string epoch, Positions positions);

    /// <summary>Lists rooms by name: those of the user, with unread messages counted up to 100, or the public ones.</summary>
    [Alias("ListRooms"), AlwaysInterleave]
    Task<ConversationReply<RoomInfo[]>> ListRooms(string sessionKey, bool isMine, int limit, string after);

    /// <summary>Lists the members of a room to one of them, in the order of their accounts; to moderators the banned ones too.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="after">Only those after the account with this number.</param>
    [Alias("ListMembers"), AlwaysInterleave]
    Task<ConversationReply<RoomMember[]>> ListMembers(string sessionKey, string room, int limit, long after);

    /// <summary>Reads a page of a room: messages and changes.</summary>
    [Alias("ReadRoomPage"), AlwaysInterleave]
    Task<ConversationReply<RoomPage>> ReadRoomPage(string sessionKey, RoomPageRequest request);

    /// <summary>Reads the entries of a room's log with higher numbers, oldest first.</summary>
    [Alias("ReadRoomLog"), AlwaysInterleave]
    Task<ConversationReply<LogPart>> ReadRoomLog(string sessionKey, string epoch, long log, long after, int limit);

    /// <summary>Notes that everything of a room was read up to a number; it only rises.</summary>
    [Alias("MarkRoomRead"), AlwaysInterleave]
    Task<ConversationReply<RoomInfo>> MarkRoomRead(string sessionKey, string epoch, string room, long upTo);

    /// <summary>Mutes a room, or no longer.</summary>
    [Alias("SetRoomMuted"), AlwaysInterleave]
    Task<ConversationReply<RoomInfo>> SetRoomMuted(string sessionKey, string room, bool isMuted);
}

/// <summary>A room, as somebody sees it.</summary>
/// <param name="Epoch">The epoch that its numbers belong to.</param>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="IsPublic">Whether everybody sees it and may join.</param>
/// <param name="ShowsAll">Whether new members see what was said before they came.</param>
/// <param name="Members">How many members it has.</param>
/// <param name="Mine">What only members know; null for somebody else.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.RoomInfo")]
public sealed record RoomInfo(
    [property: Id(0)] string Epoch, [property: Id(1)] string Name, [property: Id(2)] string Title, [property: Id(3)] bool IsPublic,
    [property: Id(4)] bool ShowsAll, [property: Id(5)] int Members, [property: Id(6)] RoomMembership? Mine);

/// <summary>What a member knows of a room.</summary>
/// <param name="LogId">Its log, which the numbers are of.</param>
/// <param name="Role">The member's role.</param>
/// <param name="Joined">The number of the entry with which the member joined.</param>
/// <param name="Received">Everything up to this number has left the member's inbox.</param>
/// <param name="Read">Everything up to this number was read.</param>
/// <param name="IsMuted">Whether the member has muted it.</param>
/// <param name="Last">The last number of the log, as of which <paramref name="Unread"/> was counted.</param>
/// <param name="Unread">How many messages of others have a number above <paramref name="Read"/>; at most what was counted up to.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.RoomMembership")]
public sealed record RoomMembership(
    [property: Id(0)] long LogId, [property: Id(1)] MemberRole Role, [property: Id(2)] long Joined, [property: Id(3)] long Received,
    [property: Id(4)] long Read, [property: Id(5)] bool IsMuted, [property: Id(6)] long Last, [property: Id(7)] int Unread);

/// <summary>A member of a room, or somebody who is banned from it.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.RoomMember")]
public sealed record RoomMember(
    [property: Id(0)] long AccountId, [property: Id(1)] string Name, [property: Id(2)] string DisplayName,
    [property: Id(3)] MemberRole Role);

/// <summary>Which page of a room.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Kind">Where the page lies.</param>
/// <param name="Place">
/// A number: everything up to it stands before it. Around: the number of the entry. Not used for the newest page.
/// </param>
/// <param name="Epoch">The epoch in which the number was learned; not used for the newest page.</param>
/// <param name="Limit">At most this many entries, and at most about 1 MiB of them, but one if there is one.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.RoomPageRequest")]
public sealed record RoomPageRequest(
    [property: Id(0)] string Room, [property: Id(1)] PageKind Kind, [property: Id(2)] long Place, [property: Id(3)] string Epoch,
    [property: Id(4)] int Limit);

/// <summary>A page of a room.</summary>
/// <param name="Epoch">The epoch that its numbers belong to.</param>
/// <param name="LogId">The room's log.</param>
/// <param name="Entries">Oldest first.</param>
/// <param name="Older">The number before the page; null if nothing stands before it.</param>
/// <param name="Newer">The number after the page; null if nothing stands after it.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.RoomPage")]
public sealed record RoomPage(
    [property: Id(0)] string Epoch, [property: Id(1)] long LogId, [property: Id(2)] LogEntry[] Entries, [property: Id(3)] long? Older,
    [property: Id(4)] long? Newer);
