using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

/// <summary>What owners ask for and change, in PostgreSQL.</summary>
public sealed partial class OwnAccounts(NpgsqlDataSource source) : IOwnAccounts
{
    // A client that logs in again and again has many sessions. No statement looks at more of them than this.
    private const int MostLookedAt = 1000, MostListed = 200;

    // $1: the session, $2: how many others to look at.
    private const string OwnKeys =
        """
        WITH me AS MATERIALIZED (SELECT owner FROM live_session WHERE session_key = $1),
        own AS MATERIALIZED (
            SELECT $1 AS session_key FROM me
            UNION ALL
            (SELECT l.session_key FROM me JOIN live_session l ON l.owner = me.owner WHERE l.session_key <> $1 LIMIT $2))
        """;

    private const string ListSql =
        $"""
        {OwnKeys}
        SELECT s.grainidextensionstring, state_property(s.payloadbinary, 'Door'), state_property(s.payloadbinary, 'Device'),
               state_property(s.payloadbinary, 'Address'), state_property(s.payloadbinary, 'Since')::timestamptz,
               state_property(s.payloadbinary, 'UsedAt')::timestamptz
        FROM own
        JOIN orleansstorage s
            ON s.grainidextensionstring = own.session_key AND s.graintypestring = 'session' AND s.serviceid = 'orleanschat'
        ORDER BY s.grainidextensionstring = $1 DESC, s.modifiedon DESC LIMIT $3
        """;

    /// <inheritdoc/>
    public async Task<Answer<IReadOnlyList<StoredSession>>> ListSessionsAsync(string sessionKey)
    {
        var rows = await source.QueryAsync(
            "listing sessions", ListSql, [sessionKey, (long)MostLookedAt, (long)MostListed],
            reader => new StoredSession(
                SessionId.Of(reader.GetString(0)), reader.GetString(0) == sessionKey, TextOrNull(reader, 1), TextOrNull(reader, 2),
                TextOrNull(reader, 3), reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetFieldValue<DateTimeOffset>(5)));
        return rows.Count == 0 ? NoAnswer.NoSession : new Answer<IReadOnlyList<StoredSession>>(rows, NoAnswer.None);
    }

    /// <inheritdoc/>
    public async Task<Answer<string>> FindSessionAsync(string sessionKey, string id)
    {
        var keys = await source.QueryAsync(
            "looking for a session", $"{OwnKeys} SELECT session_key FROM own", [sessionKey, (long)MostLookedAt],
            reader => reader.GetString(0));
        if (keys.Count == 0) return NoAnswer.NoSession;
        return keys.Find(key => SessionId.Of(key) == id) is { } found ? found : NoAnswer.NotFound;
    }

    /// <inheritdoc/>
    public async Task<Answer<IReadOnlyList<StoredUser>>> FindUsersAsync(string sessionKey, string beginning, int limit)
    {
        const string sql =
            """
            SELECT f.user_name, f.display_name
            FROM live_session l LEFT JOIN LATERAL find_users($2, $3) f ON true
            WHERE l.session_key = $1
            """;
        var rows = await source.QueryAsync(
            "looking for users", sql, [sessionKey, beginning, limit],
            reader => reader.IsDBNull(0) ? null : new StoredUser(reader.GetString(0), reader.GetString(1)));
        return rows.Count == 0
            ? NoAnswer.NoSession
            : new Answer<IReadOnlyList<StoredUser>>([.. rows.OfType<StoredUser>().Take(limit)], NoAnswer.None);
    }

    private static string? TextOrNull(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
