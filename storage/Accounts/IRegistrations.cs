using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

/// <summary>
/// How those come in who have no session: new users, by registering, with or without an invitation; and those who have lost their
/// passwords. And how those who have one come into rooms that they were invited into.
/// </summary>
/// <remarks>
/// Codes are named by their digests. All throw <see cref="StorageUnavailableException"/> when the database does not answer; it is then
/// unknown whether it was done.
/// </remarks>
public interface IRegistrations
{
    /// <summary>Whether somebody could register now, before a password is hashed for it.</summary>
    /// <param name="userName">The user name, which must be valid for a new user.</param>
    /// <param name="invitation">The invitation, which must be good; null for none.</param>
    Task<RegistrationResult> FindVacancyAsync(string userName, string? invitation);

    /// <summary>Adds a user, who joins the room that the invitation is into, if any, and uses it: one transaction.</summary>
    /// <param name="userName">The user name, which must be valid for a new user.</param>
    /// <param name="displayName">The display name, which must be valid.</param>
    /// <param name="passwordHash">The hash of the password.</param>
    /// <param name="invitation">The invitation, which must be good; null for none.</param>
    Task<RegistrationResult> RegisterAsync(string userName, string displayName, string passwordHash, string? invitation);

    /// <summary>Makes an invitation for the owner of a session; repeating it changes nothing.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="digest">The digest of its code.</param>
    /// <param name="uses">How many may use it.</param>
    /// <param name="expiresAt">When it expires, within 30 days; null for 7 days from now.</param>
    /// <param name="room">The room that it is into, which the owner must be able to add members to; null for none.</param>
    Task<MadeInvitation> InviteAsync(string sessionKey, string digest, int uses, DateTimeOffset? expiresAt, string? room = null);

    /// <summary>
    /// Has the owner of a session join the room that an invitation is into, and uses it once: one transaction. A member uses up nothing,
    /// and is told where they joined. Why an invitation cannot be used is not told, nor that they are banned.
    /// </summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="digest">The digest of its code.</param>
    /// <param name="id">The id of the entry, minted as a message's; under one id, they join once.</param>
    Task<Redemption> RedeemAsync(string sessionKey, string digest, Guid id);

    /// <summary>
    /// Whether this is the code of a user, before a password is hashed for it. Of an unknown user it asks the same.
    /// </summary>
    Task<bool> HasResetCodeAsync(string userName, string digest);

    /// <summary>Sets a password, ends all sessions and uses up the code: one transaction.</summary>
    /// <returns>False if this is not the user's code, or not any more; then nothing has changed.</returns>
    Task<bool> ResetAsync(string userName, string digest, string passwordHash);
}

/// <summary>What became of a registration.</summary>
public enum RegistrationResult
{
    /// <summary>It is done, or could be.</summary>
    Done = 0,

    /// <summary>The name is another user's, or was one's until a moment ago.</summary>
    NameTaken = 1,

    /// <summary>
    /// The invitation does not exist, has expired, or was used up; or the user who made it may not log in any more, or add members to the
    /// room that it is into.
    /// </summary>
    NoInvitation = 2,

    /// <summary>The room that the invitation is into has as many members as it may.</summary>
    RoomFull = 7,
}

/// <summary>What became of an invitation.</summary>
public enum InvitationResult
{
    /// <summary>It is made.</summary>
    Done = 0,

    /// <summary>The session is not alive.</summary>
    NoSession = 1,

    /// <summary>The account has as many open invitations as it may.</summary>
    TooMany = 2,

    /// <summary>It cannot expire then.</summary>
    BadTime = 3,

    /// <summary>There is no such room, as far as the session's owner may know.</summary>
    NoSuchRoom = 4,

    /// <summary>The session's owner may not add members to the room.</summary>
    Forbidden = 5,
}

/// <summary>An invitation, where it was made, and when it expires.</summary>
public readonly record struct MadeInvitation(InvitationResult Result, DateTimeOffset ExpiresAt)
{
    /// <summary>The most invitations of an account that can still be used.</summary>
    public const int MostOpen = 20;
}

/// <summary>What became of an invitation that somebody has redeemed.</summary>
public enum RedemptionResult
{
    /// <summary>They are a member, now or already.</summary>
    Done = 0,

    /// <summary>The session is not alive.</summary>
    NoSession = 1,

    /// <summary>It cannot be used, or not by them.</summary>
    NoInvitation = 2,

    /// <summary>The room has as many members as it may.</summary>
    RoomFull = 7,

    /// <summary>They are in as many rooms as they may.</summary>
    TooManyRooms = 8,

    /// <summary>The id is too old, or too far ahead of the database's clock, to tell whether it was done before.</summary>
    OutOfTime = 9,
}

/// <summary>What became of it, and where they have joined.</summary>
/// <param name="Result">Whether they are a member.</param>
/// <param name="Room">The room's name.</param>
/// <param name="LogId">The room's log.</param>
/// <param name="Number">The number of the entry with which they joined.</param>
public sealed record Redemption(RedemptionResult Result, string Room = "", long LogId = 0, long Number = 0);
