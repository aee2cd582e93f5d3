using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Sessions;

/// <summary>
/// Questions about sessions that PostgreSQL answers for all silos at once.
/// A session is alive while its row exists and carries the security stamp of an account that exists and is not disabled.
/// </summary>
public interface ISessionTable
{
    /// <summary>Returns those of the sessions (grain keys) that are alive.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<IReadOnlySet<string>> GetAliveAsync(IReadOnlyCollection<string> sessionKeys);

    /// <summary>Returns the grain keys of a user's stored sessions that are not alive, for their grains to delete them.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<IReadOnlyList<string>> GetDeadAsync(string userName);

    /// <summary>Deletes the stored sessions that have been idle for longer than <paramref name="idle"/>.</summary>
    /// <returns>The number of deleted sessions.</returns>
    /// <exception cref="StorageUnavailableException">It is unknown which were deleted.</exception>
    Task<int> DeleteExpiredAsync(TimeSpan idle);
}

/// <summary>The changes that the admin commands made, for the silos that hold the accounts' grains.</summary>
public interface IAccountChanges
{
    /// <summary>
    /// Returns the names of the users who were changed within the last <paramref name="window"/>, each with a mark that differs
    /// after every change.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<IReadOnlyList<(string UserName, long Mark)>> GetRecentAsync(TimeSpan window);
}
