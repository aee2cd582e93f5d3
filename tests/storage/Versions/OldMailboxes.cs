using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Tests.Versions;

/// <summary>A database as a program of version 9 has left it, with messages.</summary>
internal static class OldMailboxes
{
    /// <summary>
    /// Fills the schema of version 9: <paramref name="users"/> users "u1", "u2", ... of whom each tenth is removed, and for each
    /// <paramref name="each"/> messages. A fifth of them was received an hour ago, a fifth a moment ago, and the others are unread. The
    /// senders are others in turn, the removed ones too, with receipts for every hundredth message.
    /// </summary>
    public static async Task FillAsync(NpgsqlDataSource source, int users, int each)
    {
        await source.ExecuteAsync(
            "test",
            """
            INSERT INTO mailbox_position (received, removed_at)
            SELECT $2 * 2 / 5, CASE WHEN i % 10 = 0 THEN now() - interval '5 minutes' END FROM generate_series(1, $1) i ORDER BY i
            """,
            [users, each]);
        await source.ExecuteAsync(
            "test",
            """
            INSERT INTO orleansstorage (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring,
                                        serviceid, payloadbinary, version)
            SELECT 1, 0, 0, 1, 'user', 'u:u' || i, 'orleanschat', convert_to(json_build_object('AccountId', i, 'DisplayName', 'User ' || i,
                'SecurityStamp', (lpad(to_hex(i), 8, '0') || repeat('0', 24))::uuid, 'Disabled', false, 'PasswordHash', '')::text,
                'UTF8'), 1
            FROM generate_series(1, $1) i WHERE i % 10 <> 0
            """,
            [users]);
        await source.ExecuteAsync(
            "test",
            """
            INSERT INTO mailbox (account_id, number, message_id, sender, sender_name, body, accepted_at)
            SELECT a, n, overlay(gen_random_uuid()::text PLACING left(message_id_floor(t)::text, 13) FROM 1)::uuid,
                   'u' || s, 'Was ' || s, convert_to(format('%s to %s', n, a), 'UTF8'), t
            FROM (SELECT a, n, (a + n) % $1 + 1 AS s, now() - CASE WHEN n <= $2 / 5 THEN interval '1 hour' ELSE interval '1 second' END AS t
                  FROM generate_series(1, $1) a, generate_series(1, $2) n ORDER BY n, a) x
            """,
            [users, each]);
        await source.ExecuteAsync(
            "test",
            """
            INSERT INTO send_receipt (sender_account_id, once_id, message_id, durability)
            SELECT substr(sender, 2)::bigint, 'id-' || account_id || '-' || number, message_id, 'flushed'
            FROM mailbox WHERE number % 100 = 1
            """,
            []);
    }

    /// <summary>All that is stored and how it is kept, but for what is another in each database: random keys, and moments.</summary>
    public static async Task<List<string>> DescribeAsync(NpgsqlDataSource source)
    {
        string[] parts =
        [
            // The rows, as a digest: there are many.
            """
            SELECT 'message ' || count(*) || ' ' || coalesce(md5(string_agg(md5(concat_ws(' ', log_id, number, message_id, sender_id,
                sender, sender_name, kind, target, body, accepted_at)), '' ORDER BY log_id, number)), '') FROM message
            """,
            "SELECT concat_ws(' ', 'log', log_id, received, purged, removed_at, look_at < 'infinity') FROM log ORDER BY log_id",
            """
            SELECT concat_ws(' ', 'account', account_id, user_name, display_name, length(receipt_key), removed_at) FROM account ORDER BY 1
            """,
            "SELECT concat_ws(' ', 'receipt', r.*) FROM send_receipt r ORDER BY sender_account_id, once_id",
            "SELECT concat_ws(' ', 'retention', r.*) FROM retention r",
            "SELECT 'members ' || count(*) FROM member",
            "SELECT concat_ws(' ', version, min_program) FROM schema_version ORDER BY version",
            """
            SELECT concat_ws(' ', c.relname, c.relkind, c.reloptions, pg_get_indexdef(i.indexrelid), i.indisvalid, a.columns)
            FROM pg_class c
            LEFT JOIN pg_index i ON i.indexrelid = c.oid
            CROSS JOIN LATERAL (
                SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull), ', ' ORDER BY attnum) AS columns
                FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) a
            WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.relname
            """,
            "SELECT concat(pg_get_functiondef(oid), proacl) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
            """
            SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid > 0 ORDER BY 1
            """,
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger ORDER BY 1",
        ];
        var all = new List<string>();
        foreach (var part in parts)
            all.AddRange(await source.QueryAsync("test", part, [], reader => reader.GetString(0)));
        return all;
    }
}
