using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

/// <summary>What the owners of accounts ask for and change themselves, each by a session that is alive when it is done.</summary>
/// <remarks>All throw <see cref="StorageUnavailableException"/> when the database does not answer.</remarks>
public interface IOwnAccounts
{
    /// <summary>
    /// Lists the sessions of the owner that are alive, the one that was written last first; this one is always among them. At most 200, out
    /// of 1,000 where there are more.
    /// </summary>
    Task<Answer<IReadOnlyList<StoredSession>>> ListSessionsAsync(string sessionKey);

    /// <summary>Returns the key of one of the sessions that can be listed, by its id.</summary>
    Task<Answer<string>> FindSessionAsync(string sessionKey, string id);

    /// <summary>Finds users by the beginning of their user name or display name, in any case; disabled and removed ones not.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="beginning">The beginning; without NUL.</param>
    /// <param name="limit">At most this many; those whose user names begin so come first.</param>
    Task<Answer<IReadOnlyList<StoredUser>>> FindUsersAsync(string sessionKey, string beginning, int limit);

    /// <summary>Sets the display name, which must be valid.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="userName">Whose session it is.</param>
    /// <param name="displayName">The new name.</param>
    Task<OwnResult> RenameAsync(string sessionKey, string userName, string displayName);

    /// <summary>Sets the password, and ends all sessions but the one that asks: one transaction.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="userName">Whose session it is.</param>
    /// <param name="stamp">The account's security stamp when the old password was checked.</param>
    /// <param name="hash">The hash of the new password.</param>
    Task<OwnResult> SetPasswordAsync(string sessionKey, string userName, Guid stamp, string hash);

    /// <summary>Removes the account, as an operator does: see <see cref="AccountStore.RemoveAsync"/>.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="userName">Whose session it is.</param>
    /// <param name="stamp">The account's security stamp when the password was checked.</param>
    Task<OwnResult> RemoveAsync(string sessionKey, string userName, Guid stamp);
}

/// <summary>What became of a change that an owner asked for.</summary>
public enum OwnResult
{
    /// <summary>It is done, durably, and noted for the silos.</summary>
    Done = 0,

    /// <summary>The session is not alive, or is not that user's.</summary>
    NoSession = 1,

    /// <summary>The password has changed since it was checked.</summary>
    OtherPassword = 2,
}

/// <summary>A user, as others find them.</summary>
public sealed record StoredUser(string UserName, string DisplayName);

/// <summary>A session, as its owner sees it.</summary>
/// <param name="Id">Names it; opens nothing.</param>
/// <param name="IsCurrent">Whether it is the one that asks.</param>
/// <param name="Door">The protocol that it was opened through; null, as the following, for a session from before schema 15.</param>
/// <param name="Device">What its client calls its device; null if it has not said.</param>
/// <param name="Address">The address that it was opened from; null if that is unknown.</param>
/// <param name="Since">When it was opened.</param>
/// <param name="UsedAt">Its last use, within an hour.</param>
public sealed record StoredSession(
    string Id, bool IsCurrent, string? Door, string? Device, string? Address, DateTimeOffset? Since, DateTimeOffset UsedAt);
