using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces.Rooms;

/// <summary>
/// One room: it numbers what is sent to it, and makes its changes. Keyed by <c>r:</c> and the room's name. All calls interleave.
/// </summary>
/// <remarks>
/// It holds no members: the database answers who somebody is here, and the statement that stores asks again. To somebody outside, a private
/// room is a name that no room has, in every answer. An exception means that it is unknown what was done; repeating any call is safe.
/// </remarks>
[Alias("OrleansChat.IRoomGrain"), GrainInterfaceType("OrleansChat.IRoomGrain")]
public interface IRoomGrain : IGrainWithStringKey
{
    /// <summary>
    /// Stores the messages, all or none, after those that were accepted before, and answers when they are durable. If the call is
    /// repeated with the same message ids, they are still stored once. Who may not write here is told that there is no recipient.
    /// </summary>
    [Alias("Append"), AlwaysInterleave]
    ValueTask<AppendReply> Append(MailboxDelivery delivery);

    /// <summary>Makes a change, if the session's owner may; durable when it is answered.</summary>
    [Alias("Change"), AlwaysInterleave]
    Task<RoomChangeReply> Change(string sessionKey, RoomChangeRequest request);

    /// <summary>
    /// Deletes a message, which the session's owner wrote, or any as a moderator: its text is emptied for everybody, and an entry says so.
    /// Repeating it under the same id changes nothing more.
    /// </summary>
    /// <param name="sessionKey">The session of the writer or moderator.</param>
    /// <param name="epoch">The epoch in which the number was learned.</param>
    /// <param name="number">The number of the message.</param>
    /// <param name="id">The id of the entry, minted as a message's.</param>
    [Alias("Delete"), AlwaysInterleave]
    Task<ConversationReply<Position>> Delete(string sessionKey, string epoch, long number, Guid id);

    /// <summary>Forgets what it knows, because somebody else has changed the room: an operator, or another activation.</summary>
    [Alias("Refresh"), AlwaysInterleave]
    Task Refresh();
}

/// <summary>What somebody may do in a room. A higher one may do what a lower one may.</summary>
public enum MemberRole
{
    /// <summary>Not a member, and cannot join.</summary>
    Banned = 0,

    /// <summary>Reads.</summary>
    Reader = 1,

    /// <summary>Writes.</summary>
    Member = 2,

    /// <summary>Adds and removes members, and deletes messages.</summary>
    Moderator = 3,

    /// <summary>Gives roles, sets the title and the kind, and deletes the room.</summary>
    Owner = 4,
}

/// <summary>The kinds of changes.</summary>
public enum RoomAction
{
    /// <summary>Makes the room; the session's owner owns it.</summary>
    Create = 0,

    /// <summary>Has the session's owner join, where the room is public.</summary>
    Join = 1,

    /// <summary>Adds a user; one who is a member keeps their role.</summary>
    Add = 2,

    /// <summary>Has the session's owner leave.</summary>
    Leave = 3,

    /// <summary>Removes a user; from a public room, they cannot join again until somebody adds them.</summary>
    Remove = 4,

    /// <summary>Gives a member another role.</summary>
    SetRole = 5,

    /// <summary>Sets the title, who may join, and what new members see; what is null stays.</summary>
    Set = 6,

    /// <summary>Deletes the room with all its messages; its name is free again 12 minutes later.</summary>
    Delete = 7,
}

/// <summary>A change of a room.</summary>
/// <param name="Id">Minted as a message's; under one id, a change is made once.</param>
/// <param name="Action">What is changed.</param>
/// <param name="User">The user whom it is about: for <c>Add</c>, <c>Remove</c> and <c>SetRole</c>.</param>
/// <param name="Role">For <c>Add</c> and <c>SetRole</c>.</param>
/// <param name="Title">For <c>Create</c> and <c>Set</c>.</param>
/// <param name="IsPublic">Whether everybody sees the room and may join: for <c>Create</c> and <c>Set</c>.</param>
/// <param name="ShowsAll">Whether new members see what was said before they came: for <c>Create</c> and <c>Set</c>.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.RoomChangeRequest")]
public sealed record RoomChangeRequest(
    [property: Id(0)] Guid Id, [property: Id(1)] RoomAction Action, [property: Id(2)] string? User = null,
    [property: Id(3)] MemberRole Role = MemberRole.Member, [property: Id(4)] string? Title = null, [property: Id(5)] bool? IsPublic = null,
    [property: Id(6)] bool? ShowsAll = null);

/// <summary>What has become of a change.</summary>
/// <param name="Status">Whether it was made.</param>
/// <param name="LogId">The room's log, where it was made.</param>
/// <param name="Number">The number of its entry; 0 where there was nothing to change, or the room is deleted.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.RoomChangeReply")]
public sealed record RoomChangeReply(
    [property: Id(0)] RoomChangeStatus Status, [property: Id(1)] long LogId, [property: Id(2)] long Number);

/// <summary>Whether a change was made, or why not.</summary>
public enum RoomChangeStatus
{
    /// <summary>It is unknown whether it was made.</summary>
    Unavailable = 0,

    /// <summary>It is made and durable, now or by an earlier attempt.</summary>
    Done = 1,

    /// <summary>The session is not alive.</summary>
    NoSession = 2,

    /// <summary>There is no such room, as far as the session's owner may know.</summary>
    NoSuchRoom = 3,

    /// <summary>The session's owner may not do this.</summary>
    Forbidden = 4,

    /// <summary>A room has this name, or had it less than 12 minutes ago.</summary>
    NameTaken = 5,

    /// <summary>There is no such user.</summary>
    NoSuchUser = 6,

    /// <summary>The user is not a member.</summary>
    NotAMember = 7,

    /// <summary>The room has as many members as it may.</summary>
    RoomFull = 8,

    /// <summary>The user is in as many rooms as they may.</summary>
    TooManyRooms = 9,

    /// <summary>The last owner cannot step down while nobody could follow.</summary>
    LastOwner = 10,

    /// <summary>It is not a valid name for a room.</summary>
    BadName = 11,

    /// <summary>It is not a valid title.</summary>
    BadTitle = 12,

    /// <summary>There is no such role, or nobody can be added with it.</summary>
    NoSuchRole = 13,

    /// <summary>Something that this kind of change needs is missing, or there is no such kind.</summary>
    Malformed = 14,

    /// <summary>Too many have written to the room, come to it and left it lately.</summary>
    Busy = 15,

    /// <summary>The user has left, and comes back by themselves: by joining, or with an invitation.</summary>
    HasLeft = 16,
}
