using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Sessions;

/// <summary>Reads sessions and account changes, and deletes expired sessions, by SQL on the grains' rows.</summary>
public sealed class SessionTable(NpgsqlDataSource source) : ISessionTable, IAccountChanges
{
    // A row that another statement updates meanwhile gets a new ctid and is spared, rightly: its session is in use again.
    private const int ChunkSize = 1000;

    private const string ExpiredSql =
        """
        DELETE FROM orleansstorage
        WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM orleansstorage
            WHERE owner IS NOT NULL AND serviceid = 'orleanschat' AND modifiedon < now() - $1::interval
            ORDER BY modifiedon LIMIT $2))
        """;

    private const string DeadSql =
        """
        SELECT s.grainidextensionstring FROM orleansstorage s
        WHERE s.owner = $1 AND s.serviceid = 'orleanschat'
          AND NOT EXISTS (SELECT FROM live_session l WHERE l.session_key = s.grainidextensionstring)
        """;

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> GetAliveAsync(IReadOnlyCollection<string> sessionKeys)
    {
        var alive = await source.QueryAsync(
            "looking up sessions", "SELECT session_key FROM live_session WHERE session_key = ANY ($1)", [sessionKeys.ToArray()],
            reader => reader.GetString(0));
        return alive.ToHashSet();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> GetDeadAsync(string userName) =>
        await source.QueryAsync("looking for dead sessions", DeadSql, [userName], reader => reader.GetString(0));

    /// <inheritdoc/>
    public async Task<int> DeleteExpiredAsync(TimeSpan idle)
    {
        int deleted, total = 0;
        do
        {
            deleted = await source.ExecuteAsync("deleting expired sessions", ExpiredSql, [idle, ChunkSize]);
            total += deleted;
        }
        while (deleted > 0);
        return total;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(string UserName, long Mark)>> GetRecentAsync(TimeSpan window) =>
        await source.QueryAsync(
            "reading account changes",
            "SELECT user_name, mark FROM account_change WHERE changed_at > clock_timestamp() - $1::interval ORDER BY mark", [window],
            reader => (reader.GetString(0), reader.GetInt64(1)));
}
