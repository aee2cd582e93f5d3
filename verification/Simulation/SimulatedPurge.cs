using OrleansChat.Storage.Postgres;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Simulation;

/// <summary>The purge of logs, which some silo runs now and then; here it is the database's own.</summary>
internal sealed class SimulatedPurge(SimulatedDatabase database, SimulatedProcess server, Ledger ledger, Func<long, UserEntry> owner)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    /// <summary>Purges until the end of the schedule.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            await Task.Delay(database.Scheduler.Delay(TimeSpan.FromMilliseconds(100), LongestPause), server.Time);
            try
            {
                await database.RunAsync(server, Find, Delete);
            }
            catch (StorageUnavailableException)
            {
                // The next one deletes the rest.
            }
        }
    }

    private Dictionary<long, long> Find()
    {
        var expired = database.Tables.FindExpired(database.Now);
        if (database.Tables.ExpiredBefore(database.Now) is { } before)
            ledger.Purging(before, expired.ToDictionary(log => owner(log.Key), log => log.Value));
        return expired;
    }

    private bool Delete(Dictionary<long, long> expired)
    {
        database.Tables.Purge(expired);
        foreach (var (log, upTo) in expired) ledger.Purged(owner(log), upTo);
        return true;
    }
}
