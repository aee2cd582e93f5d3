using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

/// <summary>
/// How those come in who have no session: new users, by registering, with or without an invitation; and those who have lost their
/// passwords.
/// </summary>
/// <remarks>
/// Codes are named by their digests. All throw <see cref="StorageUnavailableException"/> when the database does not answer; it is then
/// unknown whether it was done.
/// </remarks>
public interface IRegistrations
{
    /// <summary>Whether somebody could register now, before a password is hashed for it.</summary>
    /// <param name="userName">The user name, which must be valid for a new user.</param>
    /// <param name="invitation">The invitation that is needed; null where none is.</param>
    Task<RegistrationResult> FindVacancyAsync(string userName, string? invitation);

    /// <summary>Adds a user, and uses the invitation: one transaction.</summary>
    /// <param name="userName">The user name, which must be valid for a new user.</param>
    /// <param name="displayName">The display name, which must be valid.</param>
    /// <param name="passwordHash">The hash of the password.</param>
    /// <param name="invitation">The invitation that is needed; null where none is.</param>
    Task<RegistrationResult> RegisterAsync(string userName, string displayName, string passwordHash, string? invitation);

    /// <summary>Makes an invitation for the owner of a session; repeating it changes nothing.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="digest">The digest of its code.</param>
    /// <param name="uses">How many may use it.</param>
    /// <param name="expiresAt">When it expires, within 30 days; null for 7 days from now.</param>
    Task<MadeInvitation> InviteAsync(string sessionKey, string digest, int uses, DateTimeOffset? expiresAt);

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

    /// <summary>The invitation does not exist, has expired, or was used up; or the user who made it may not log in any more.</summary>
    NoInvitation = 2,
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
}

/// <summary>An invitation, where it was made, and when it expires.</summary>
public readonly record struct MadeInvitation(InvitationResult Result, DateTimeOffset ExpiresAt)
{
    /// <summary>The most invitations of an account that can still be used.</summary>
    public const int MostOpen = 20;
}
