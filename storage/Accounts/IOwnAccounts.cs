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
}

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
