using Npgsql;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Storage.Push;

/// <summary>The tails of logs in PostgreSQL.</summary>
public sealed class LogTails(NpgsqlDataSource source) : ILogTails
{
    /// <summary>$1 and $2: logs and numbers, $3: how many entries of each, $4: about how many bytes.</summary>
    private const string TailSql =
        """
        SELECT i.position, coalesce(last_number(i.log_id), 0), m.message_id, i.log_id, m.number, m.kind, m.target,
               coalesce(s.user_name, m.sender, ''), coalesce(s.display_name, m.sender_name, ''), t.user_name, m.accepted_at, m.body
        FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS i (log_id, number, position)
        LEFT JOIN LATERAL (
            SELECT * FROM (
                SELECT *, sum(octet_length(m.body) + 256) OVER (ORDER BY m.number) AS bytes, row_number() OVER (ORDER BY m.number) AS place
                FROM (SELECT * FROM message m WHERE m.log_id = i.log_id AND m.number > i.number ORDER BY m.number LIMIT $3) m) m
            WHERE m.bytes <= $4 OR m.place = 1) m ON true
        LEFT JOIN account s ON s.account_id = m.sender_id
        LEFT JOIN account t ON m.kind > 1 AND t.account_id = m.target
        ORDER BY i.position, m.number
        """;

    /// <summary>$1: accounts.</summary>
    private const string MembershipsSql =
        """
        SELECT c.account_id, c.log_id, c.joined
        FROM room_member c JOIN room r ON r.log_id = c.log_id AND r.removed_at IS NULL
        WHERE c.account_id = ANY ($1) AND c.role >= 1
        ORDER BY c.account_id, c.log_id
        """;

    /// <summary>$1: the session. A row without a room tells that there are none.</summary>
    private const string StandingSql =
        """
        WITH me AS MATERIALIZED (
            SELECT l.owner, l.display_name, l.account_id, current_epoch() AS epoch, coalesce(last_number(l.account_id), 0) AS last,
                   g.received, g.purged
            FROM live_session l JOIN log g ON g.log_id = l.account_id
            WHERE l.session_key = $1)
        SELECT me.owner, me.display_name, me.epoch, me.account_id, me.last, me.received, me.purged,
               c.log_id, coalesce(last_number(c.log_id), 0), c.received, g.purged, r.name, c.role, c.joined, r.members
        FROM me
        LEFT JOIN (room_member c JOIN room r ON r.log_id = c.log_id AND r.removed_at IS NULL JOIN log g ON g.log_id = c.log_id)
            ON c.account_id = me.account_id AND c.role >= 1
        ORDER BY c.log_id
        """;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LogTail>> ReadAsync(IReadOnlyList<LogNumber> logs, int entries, long bytes)
    {
        var rows = await source.QueryAsync(
            "reading what has arrived", TailSql,
            [logs.Select(log => log.LogId).ToArray(), logs.Select(log => log.Number).ToArray(), (long)entries, bytes],
            reader => (
                Place: (int)reader.GetInt64(0) - 1, Last: reader.GetInt64(1), Entry: reader.IsDBNull(2) ? null : ReadEntry(reader)));
        var tails = new LogTail[logs.Count];
        foreach (var log in rows.GroupBy(row => row.Place))
            tails[log.Key] = new LogTail(log.First().Last, [.. log.Select(row => row.Entry).OfType<StoredEntry>()]);
        return tails;
    }

    /// <inheritdoc/>
    public async Task<ILookup<long, LogNumber>> ReadMembershipsAsync(IReadOnlyList<long> accounts)
    {
        var rows = await source.QueryAsync(
            "reading memberships", MembershipsSql, [accounts.ToArray()],
            reader => (Account: reader.GetInt64(0), Room: new LogNumber(reader.GetInt64(1), reader.GetInt64(2))));
        return rows.ToLookup(row => row.Account, row => row.Room);
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredStanding>> ReadStandingAsync(string sessionKey)
    {
        var rows = await source.QueryAsync(
            "reading where logs end", StandingSql, [sessionKey],
            reader => (
                User: reader.GetString(0), Name: reader.GetString(1), Epoch: reader.GetString(2), Inbox: ReadEnds(reader, 3),
                Room: reader.IsDBNull(7) ? null : new StoredRoomStanding(
                    ReadEnds(reader, 7), reader.GetString(11), (RoomRole)reader.GetInt16(12), reader.GetInt64(13), reader.GetInt32(14))));
        if (rows.Count == 0) return NoAnswer.NoSession;
        var (user, name, epoch, inbox, _) = rows[0];
        return new StoredStanding(user, name, epoch, inbox, [.. rows.Select(row => row.Room).OfType<StoredRoomStanding>()]);
    }

    private static StoredEnds ReadEnds(NpgsqlDataReader reader, int column) => new(
        reader.GetInt64(column), reader.GetInt64(column + 1), reader.GetInt64(column + 2), reader.GetInt64(column + 3));

    // What the target of a change is, its user says.
    private static StoredEntry ReadEntry(NpgsqlDataReader reader)
    {
        var kind = (StoredKind)reader.GetInt16(5);
        return new StoredEntry(
            reader.GetGuid(2), reader.GetInt64(3), reader.GetInt64(4), kind,
            kind > StoredKind.Deleted || reader.IsDBNull(6) ? null : reader.GetInt64(6), reader.GetString(7), reader.GetString(8),
            reader.GetFieldValue<DateTimeOffset>(10), reader.GetFieldValue<byte[]>(11),
            reader.IsDBNull(9) ? null : reader.GetString(9));
    }
}
