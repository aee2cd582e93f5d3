using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Rooms;

/// <summary>
/// Rooms: logs with members. Messages are appended to them as to inboxes (<see cref="IMailbox"/>).
/// </summary>
/// <remarks>
/// Every method names a session, and the same statement checks that it is alive and whether its owner is a member. To somebody who is not,
/// a private room does not exist. All throw <see cref="StorageUnavailableException"/> when the database does not answer; it is then
/// unknown whether a change was made, and repeating it under the same id is safe.
/// </remarks>
public interface IRooms
{
    /// <summary>Says who the session's owner is in a room.</summary>
    /// <returns>Null if the session is not alive.</returns>
    Task<RoomAdmission?> AdmitAsync(string sessionKey, string room);

    /// <summary>Makes a change, and its entry in the room's log, in one transaction, which asks whether the session's owner may.</summary>
    Task<RoomOutcome> ChangeAsync(string sessionKey, RoomChange change);

    /// <summary>
    /// Says whether a session's owner may delete a message of a room: 0 if so, or the number of its deletion if it is deleted.
    /// </summary>
    /// <returns>Null if the session is not alive, or there is no such message that its owner may see and delete.</returns>
    Task<long?> FindDeletionAsync(string sessionKey, long log, long number);

    /// <summary>Reads what a room is; its unread messages are counted up to <see cref="StoredConversation.MostUnread"/>.</summary>
    Task<Answer<StoredRoom>> FindAsync(string sessionKey, string room);

    /// <summary>Lists rooms by name: those that the session's owner is a member of, or the public ones.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="isMine">Which.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="after">Only those after this name.</param>
    Task<Answer<IReadOnlyList<StoredRoom>>> ListAsync(string sessionKey, bool isMine, int limit, string after);

    /// <summary>Lists the members of a room to one of them, in the order of their accounts, and to moderators the banned ones.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="after">Only those after the account with this number.</param>
    Task<Answer<IReadOnlyList<StoredMember>>> ListMembersAsync(string sessionKey, string room, int limit, long after);

    /// <summary>Reads a page of a room: messages and changes, in the order of their numbers.</summary>
    Task<Answer<StoredRoomPage>> ReadPageAsync(string sessionKey, RoomPageQuery request);

    /// <summary>Reads the entries of a room's log behind a number that the session's owner may see, oldest first.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="epoch">The epoch in which the number was learned.</param>
    /// <param name="log">The room's log.</param>
    /// <param name="after">Only entries with a higher number.</param>
    /// <param name="limit">At most this many, and at most about 1 MiB, but one if there is one.</param>
    Task<Answer<StoredPart>> ReadLogAsync(string sessionKey, string epoch, long log, long after, int limit);

    /// <summary>
    /// Notes that everything of a room was read up to a number. A number below the present one changes nothing; one above the last counts
    /// as that.
    /// </summary>
    Task<Answer<StoredRoom>> MarkReadAsync(string sessionKey, string epoch, string room, long upTo);

    /// <summary>Mutes a room, or no longer.</summary>
    Task<Answer<StoredRoom>> SetMutedAsync(string sessionKey, string room, bool isMuted);

    /// <summary>Returns the name of the room whose log this is, if the session's owner is a member.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="epoch">The epoch in which the log was learned.</param>
    /// <param name="log">The log.</param>
    Task<Answer<string>> FindNameAsync(string sessionKey, string epoch, long log);

    /// <summary>
    /// Lists what <see cref="IConversations.ListAsync"/> lists and all rooms of the session's owner together, the one with the latest entry
    /// first. Deletions do not count as entries here. A room with nothing left that its member may see stands where it was made.
    /// </summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="before">Only those behind this place; null for the first.</param>
    Task<Answer<StoredOverview>> ListConversationsAsync(string sessionKey, int limit, ListPosition? before);

    /// <summary>
    /// Notes that everything in these logs up to these numbers has arrived, for good: in the inbox of the session's owner, or in their
    /// rooms. If one of the logs is neither, nothing is done. The numbers only rise; one above a log's last counts as that.
    /// </summary>
    /// <returns>The numbers up to which everything counts as received.</returns>
    Task<Answer<IReadOnlyList<LogNumber>>> ReceiveAsync(string sessionKey, string epoch, IReadOnlyList<LogNumber> logs);
}

/// <summary>Who an account is in a room.</summary>
/// <param name="AccountId">The account of the session that asked.</param>
/// <param name="LogId">The room's log; 0 if it is not a member, and so has not heard of the room.</param>
/// <param name="Role">Its role; <see cref="RoomRole.Banned"/> if it is not a member.</param>
public readonly record struct RoomAdmission(long AccountId, long LogId, RoomRole Role)
{
    /// <summary>Whether it may write.</summary>
    public bool MayWrite => Role >= RoomRole.Member;
}

/// <summary>What somebody may do in a room. A higher one may do what a lower one may.</summary>
public enum RoomRole
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
public enum RoomChangeKind
{
    /// <summary>Makes a room; who makes it is its owner.</summary>
    Create = 0,

    /// <summary>Has the session's owner join a public room.</summary>
    Join = 1,

    /// <summary>Adds a user; one who is a member keeps their role.</summary>
    Add = 2,

    /// <summary>Has the session's owner leave.</summary>
    Leave = 3,

    /// <summary>Removes a user; from a public room, they cannot join again until somebody adds them.</summary>
    Remove = 4,

    /// <summary>Gives a member another role.</summary>
    Role = 5,

    /// <summary>Sets the title, who may join, and what new members see; what is null stays.</summary>
    Set = 6,

    /// <summary>Deletes the room with all its messages.</summary>
    Delete = 7,
}

/// <summary>A change of a room.</summary>
/// <param name="Id">Minted as a message's; under one id, a change is made once.</param>
/// <param name="Kind">What is changed.</param>
/// <param name="Room">The room's name, which must be valid.</param>
/// <param name="User">Whom it is about: for <c>Add</c>, <c>Remove</c> and <c>Role</c>.</param>
/// <param name="Role">For <c>Add</c>, where it is not <see cref="RoomRole.Banned"/>, and <c>Role</c>.</param>
/// <param name="Title">For <c>Create</c> and <c>Set</c>; see <see cref="RoomTitle"/>.</param>
/// <param name="IsPublic">Whether everybody sees the room and may join: for <c>Create</c> and <c>Set</c>.</param>
/// <param name="ShowsAll">
/// Whether new members see what was said before they came, except what was said while the room was private: for <c>Create</c> and
/// <c>Set</c>.
/// </param>
public sealed record RoomChange(
    Guid Id, RoomChangeKind Kind, string Room, string? User = null, RoomRole Role = RoomRole.Member, string? Title = null,
    bool? IsPublic = null, bool? ShowsAll = null);

/// <summary>What has become of a change.</summary>
/// <param name="Result">Whether it was made.</param>
/// <param name="LogId">The room's log, where it was made.</param>
/// <param name="Number">The number of its entry; 0 where there was nothing to change, or the room is deleted.</param>
public readonly record struct RoomOutcome(RoomResult Result, long LogId, long Number);

/// <summary>Whether a change was made, or why not.</summary>
public enum RoomResult
{
    /// <summary>It is made and durable, now or by an earlier attempt.</summary>
    Done = 0,

    /// <summary>The session is not alive.</summary>
    NoSession = 1,

    /// <summary>There is no such room, as far as the session's owner may know.</summary>
    NoSuchRoom = 2,

    /// <summary>The session's owner may not do this.</summary>
    Forbidden = 3,

    /// <summary>A room has this name, or had it less than 12 minutes ago.</summary>
    NameTaken = 4,

    /// <summary>There is no such user.</summary>
    NoSuchUser = 5,

    /// <summary>The user is not a member.</summary>
    NotAMember = 6,

    /// <summary>The room has as many members as it may.</summary>
    RoomFull = 7,

    /// <summary>The user is in as many rooms as they may.</summary>
    TooManyRooms = 8,

    /// <summary>The id is too old, or too far ahead of the database's clock, to tell whether the change was made before.</summary>
    OutOfTime = 9,

    /// <summary>The last owner cannot step down while nobody could follow.</summary>
    LastOwner = 10,

    /// <summary>The user has left, and comes back by themselves: by joining, or with an invitation. Only operators add them.</summary>
    HasLeft = 11,
}
