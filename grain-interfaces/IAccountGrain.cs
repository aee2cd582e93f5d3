using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>What the owner of an account asks of it: the user's grain, which has the key of <see cref="IUserGrain"/>.</summary>
/// <remarks>
/// Each statement checks that the session is alive. An exception of any kind means that the service cannot answer now, and that it is
/// unknown what was done.
/// </remarks>
[Alias("OrleansChat.IAccountGrain"), GrainInterfaceType("OrleansChat.IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Lists the owner's sessions, the one that asks first; 200 at most.</summary>
    [Alias("ListSessions"), AlwaysInterleave]
    Task<ConversationReply<SessionInfo[]>> ListSessions(string sessionKey);

    /// <summary>Ends one of the owner's sessions: after the answer, its token is accepted nowhere.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="id">The id of the one to end.</param>
    /// <returns>The id; "not found" where no session of the owner has it, perhaps because an earlier call has ended it.</returns>
    [Alias("EndSession"), AlwaysInterleave]
    Task<ConversationReply<string>> EndSession(string sessionKey, string id);

    /// <summary>Finds users by the beginning of their user name or display name.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="beginning">The beginning, without control characters.</param>
    /// <param name="limit">At most this many, and at most 20.</param>
    [Alias("FindUsers"), AlwaysInterleave]
    Task<ConversationReply<FoundUser[]>> FindUsers(string sessionKey, string beginning, int limit);

    /// <summary>Sets the display name.</summary>
    [Alias("Rename"), AlwaysInterleave]
    Task<AccountStatus> Rename(string sessionKey, string name);

    /// <summary>Sets a new password, and ends all sessions of the owner but this one.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="old">The present password; a wrong one counts as it does at a login.</param>
    /// <param name="password">The new one.</param>
    /// <param name="address">The client's address, as the gateway counts addresses; empty if unknown.</param>
    [Alias("ChangePassword"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<AccountStatus> ChangePassword(string sessionKey, Secret old, Secret password, string address);

    /// <summary>Removes the account, as an operator's <c>remove</c> does: all sessions end, and the inbox goes.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="password">The password; a wrong one counts as it does at a login.</param>
    /// <param name="address">The client's address, as the gateway counts addresses; empty if unknown.</param>
    [Alias("Remove"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<AccountStatus> Remove(string sessionKey, Secret password, string address);

    /// <summary>Makes the account: the user of this grain is a new one. No session is needed.</summary>
    /// <param name="name">The display name.</param>
    /// <param name="password">The password.</param>
    /// <param name="invitation">The digest of the invitation's code; empty for none.</param>
    /// <param name="address">The client's address, as the gateway counts addresses; empty if unknown.</param>
    [Alias("Register"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<AccountStatus> Register(string name, Secret password, string invitation, string address);

    /// <summary>Makes an invitation to register. Repeating it under the same digest changes nothing.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="digest">The digest of its code.</param>
    /// <param name="uses">How many may use it, 1 to 100.</param>
    /// <param name="expiresAt">When it expires, within 30 days; null for 7 days from now.</param>
    [Alias("Invite"), AlwaysInterleave]
    Task<InvitationReply> Invite(string sessionKey, string digest, int uses, DateTimeOffset? expiresAt);

    /// <summary>
    /// Makes an invitation into a room, for those who may add members there; to register with, too. Repeating it under the same digest
    /// changes nothing.
    /// </summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="digest">The digest of its code.</param>
    /// <param name="uses">How many may use it, 1 to 100.</param>
    /// <param name="expiresAt">When it expires, within 30 days; null for 7 days from now.</param>
    /// <param name="room">The room's name.</param>
    [Alias("InviteIntoRoom"), AlwaysInterleave]
    Task<InvitationReply> InviteIntoRoom(string sessionKey, string digest, int uses, DateTimeOffset? expiresAt, string room);

    /// <summary>
    /// Has the session's owner join the room that an invitation is into, and uses it once. A member uses up nothing, and is answered as
    /// when they joined. Why an invitation cannot be used is not told, nor that they are banned.
    /// </summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="digest">The digest of the invitation's code.</param>
    /// <param name="id">Minted as a message's; under one id, they join once.</param>
    [Alias("Redeem"), AlwaysInterleave]
    Task<RedemptionReply> Redeem(string sessionKey, string digest, Guid id);

    /// <summary>
    /// Sets a new password with the code that an operator made, once, and ends all sessions. No session is needed. A wrong code is a wrong
    /// password, and counts as one; so does one for a user who does not exist.
    /// </summary>
    /// <param name="digest">The digest of the code.</param>
    /// <param name="password">The new password.</param>
    /// <param name="address">The client's address, as the gateway counts addresses; empty if unknown.</param>
    [Alias("Reset"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<AccountStatus> Reset(string digest, Secret password, string address);
}

/// <summary>What became of a change of an account.</summary>
public enum AccountStatus
{
    /// <summary>Unknown: the database did not answer.</summary>
    Unavailable = 0,

    /// <summary>Done, durably.</summary>
    Done = 1,

    /// <summary>Not done: the session is not alive.</summary>
    NoSession = 2,

    /// <summary>Not done: the password is wrong.</summary>
    WrongPassword = 3,

    /// <summary>Not done, and the password not checked: too many wrong ones for this user came from this address.</summary>
    TooManyAttempts = 4,

    /// <summary>Not done: the account has changed too often in a short time.</summary>
    TooManyChanges = 5,

    /// <summary>Not done: too many passwords wait to be hashed.</summary>
    Busy = 6,

    /// <summary>Not done: nobody may have that display name.</summary>
    BadDisplayName = 7,

    /// <summary>Not done: the new password is too short, too long, or has white space.</summary>
    BadPassword = 8,

    /// <summary>Not done: no new user may have that user name.</summary>
    BadUserName = 9,

    /// <summary>Not done: the user name is another's, or was one's until a moment ago.</summary>
    NameTaken = 10,

    /// <summary>Not done: nobody may register, or invite others.</summary>
    Closed = 11,

    /// <summary>Not done: the invitation does not exist, has expired, was used up, or opens nothing for another reason.</summary>
    NoInvitation = 12,

    /// <summary>Not done: too many users registered in this hour, from this address or in all.</summary>
    TooManyRegistrations = 13,

    /// <summary>Not done: the account has as many open invitations as it may.</summary>
    TooManyInvitations = 14,

    /// <summary>Not done: an invitation cannot be for that many users, or expire then.</summary>
    BadInvitation = 15,

    /// <summary>Not done: there is no such room, as far as the session's owner may know.</summary>
    NoSuchRoom = 16,

    /// <summary>Not done: the session's owner may not add members to the room.</summary>
    Forbidden = 17,

    /// <summary>Not done: the room has as many members as it may.</summary>
    RoomFull = 18,

    /// <summary>Not done: the user is in as many rooms as they may.</summary>
    TooManyRooms = 19,
}

/// <summary>The answer to <see cref="IAccountGrain.Invite"/>.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="ExpiresAt">When the invitation expires; set only if it is made.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.InvitationReply")]
public sealed record InvitationReply([property: Id(0)] AccountStatus Status, [property: Id(1)] DateTimeOffset ExpiresAt = default);

/// <summary>The answer to <see cref="IAccountGrain.Redeem"/>.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Room">The room's name; set, as the following, only if the user is a member.</param>
/// <param name="LogId">The room's log.</param>
/// <param name="Number">The number of the entry with which they joined.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.RedemptionReply")]
public sealed record RedemptionReply(
    [property: Id(0)] AccountStatus Status, [property: Id(1)] string Room = "", [property: Id(2)] long LogId = 0,
    [property: Id(3)] long Number = 0);

/// <summary>A user, as others find them.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.FoundUser")]
public sealed record FoundUser([property: Id(0)] string User, [property: Id(1)] string Name);

/// <summary>A session, as its owner sees it.</summary>
/// <param name="Id">Names it; opens nothing.</param>
/// <param name="IsCurrent">Whether it is the one that asks.</param>
/// <param name="Door">The protocol that it was opened through; null, as the following, if that was not noted.</param>
/// <param name="Device">What its client calls its device.</param>
/// <param name="Address">The address that it was opened from, as gateways count addresses.</param>
/// <param name="Since">When it was opened.</param>
/// <param name="UsedAt">Its last use, within an hour.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.SessionInfo")]
public sealed record SessionInfo(
    [property: Id(0)] string Id, [property: Id(1)] bool IsCurrent, [property: Id(2)] string? Door, [property: Id(3)] string? Device,
    [property: Id(4)] string? Address, [property: Id(5)] DateTimeOffset? Since, [property: Id(6)] DateTimeOffset UsedAt);
