using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Sessions;

/// <summary>
/// Questions about sessions that PostgreSQL answers for all silos at once.
/// A session is alive while its row exists and carries the security stamp of its account, which exists and is not disabled.
/// </summary>
public interface ISessionTable
{
    /// <summary>Which of the sessions (grain keys) are alive.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<IReadOnlySet<string>> GetAliveAsync(IReadOnlyCollection<string> sessionKeys);

    /// <summary>The stored sessions of a user that are not alive, by their grain keys: their grains delete them.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<IReadOnlyList<string>> GetDeadAsync(string userName);

    /// <summary>Deletes the stored sessions that were not used for longer than <paramref name="idle"/>.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="StorageUnavailableException">It is unknown which were deleted.</exception>
    Task<int> DeleteExpiredAsync(TimeSpan idle);
}

/// <summary>What the admin commands changed, for the silos that hold the accounts' grains.</summary>
public interface IAccountChanges
{
    /// <summary>
    /// The names of the users that were changed within the last <paramref name="window"/>, each with a mark that a further change
    /// replaces.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<IReadOnlyList<(string UserName, long Mark)>> GetRecentAsync(TimeSpan window);
}
