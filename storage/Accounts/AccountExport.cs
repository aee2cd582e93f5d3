using System.Buffers;
using System.Data;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

/// <summary>
/// All that the database has of one user, as a zip of JSON lines: as of one moment, row by row, without secrets. The columns of the
/// statements are the properties of the lines; what is NULL is left out.
/// </summary>
public sealed class AccountExport(NpgsqlDataSource source)
{
    private const string Find = "SELECT account_id FROM account WHERE user_name = $1 AND removed_at IS NULL";

    private const string Message =
        """
        m.message_id AS id, m.log_id AS log, m.number, CASE m.kind WHEN 1 THEN 'deleted' ELSE 'message' END AS kind,
        CASE m.kind WHEN 1 THEN m.target END AS target, CASE m.kind WHEN 0 THEN m.target END AS "deletedBy"
        """;

    // $1: the account's number, $2: its name.
    private static readonly (string File, string[] Statements)[] Parts =
    [
        ("profile.jsonl",
        [
            """
            SELECT a.user_name AS "user", a.display_name AS name, NOT u.enabled AS disabled, g.log_id AS log, g.received,
                   current_epoch() AS epoch, now() AS "exportedAt"
            FROM account a
            JOIN log g ON g.log_id = a.account_id
            JOIN orleansstorage u
                ON u.grainidextensionstring = 'u:' || $2 AND u.graintypestring = 'user' AND u.serviceid = 'orleanschat'
            WHERE a.account_id = $1
            """,
        ]),
        ("sessions.jsonl",
        [
            """
            SELECT state_property(s.payloadbinary, 'UsedAt')::timestamptz AS "usedAt", l.session_key IS NOT NULL AS open,
                   state_property(s.payloadbinary, 'Since')::timestamptz AS since, state_property(s.payloadbinary, 'Door') AS door,
                   state_property(s.payloadbinary, 'Device') AS device, state_property(s.payloadbinary, 'Address') AS address
            FROM orleansstorage s
            LEFT JOIN live_session l ON l.session_key = s.grainidextensionstring
            WHERE s.owner = $2 AND s.serviceid = 'orleanschat'
            ORDER BY 1
            """,
        ]),
        ("invitations.jsonl",
        [
            """
            SELECT i.invitation_id AS id, i.room, i.uses::bigint AS uses, i.expires_at AS "expiresAt" FROM open_invitations($1) i
            """,
        ]),
        ("peers.jsonl",
        [
            """
            SELECT p.user_name AS "user", p.display_name AS name, m.read, m.is_muted AS muted, m.is_blocked AS blocked
            FROM member m
            JOIN account p ON p.account_id = m.log_id
            WHERE m.account_id = $1
            ORDER BY p.user_name
            """,
        ]),
        ("conversations.jsonl",
        [
            $"""
            SELECT {Message}, coalesce(s.user_name, m.sender) AS "from", $2 AS "to", m.accepted_at AS "acceptedAt", m.body AS text
            FROM message m
            LEFT JOIN account s ON s.account_id = m.sender_id
            WHERE m.log_id = $1
            ORDER BY m.number
            """,
            $"""
            SELECT {Message}, $2 AS "from", r.user_name AS "to", m.accepted_at AS "acceptedAt", m.body AS text
            FROM message m
            JOIN log g ON g.log_id = m.log_id AND g.removed_at IS NULL
            JOIN account r ON r.account_id = m.log_id
            WHERE m.sender_id = $1 AND m.log_id <> $1 AND m.kind = 0
            ORDER BY m.log_id, m.number
            """,
        ]),
        ("rooms.jsonl",
        [
            """
            SELECT r.name AS room, r.title, r.log_id AS log,
                   (ARRAY['banned', 'reader', 'member', 'moderator', 'owner'])[c.role + 1] AS role,
                   c.joined, c.received, c.read, c.is_muted AS muted
            FROM room_member c
            JOIN room r ON r.log_id = c.log_id AND r.removed_at IS NULL
            WHERE c.account_id = $1
            ORDER BY r.name
            """,
        ]),
        ("room-messages.jsonl",
        [
            // What the user wrote or did, and what was done to them; what others wrote in rooms is theirs.
            """
            SELECT m.message_id AS id, m.log_id AS log, m.number, r.name AS room,
                   (ARRAY['message', 'deleted', 'joined', 'left', 'removed', 'title', 'role'])[m.kind + 1] AS kind,
                   CASE m.kind WHEN 1 THEN m.target END AS target, CASE m.kind WHEN 0 THEN m.target END AS "deletedBy",
                   s.user_name AS "from", u.user_name AS "user", m.accepted_at AS "acceptedAt", m.body AS text
            FROM (
                SELECT log_id, number FROM message WHERE sender_id = $1 AND kind = 0
                UNION
                SELECT e.log_id, e.number
                FROM room_member c
                JOIN message e ON e.log_id = c.log_id AND e.kind <> 0
                    AND (e.sender_id = $1 OR e.kind IN (2, 3, 4, 6) AND e.target = $1)
                WHERE c.account_id = $1) own
            JOIN message m ON m.log_id = own.log_id AND m.number = own.number
            JOIN log g ON g.log_id = m.log_id AND g.is_room AND g.removed_at IS NULL
            JOIN room r ON r.log_id = m.log_id
            LEFT JOIN account s ON s.account_id = m.sender_id
            LEFT JOIN account u ON m.kind > 1 AND u.account_id = m.target
            ORDER BY m.log_id, m.number
            """,
        ]),
        ("receipts.jsonl",
        [
            """
            SELECT once_id AS id, message_id AS message, log_id AS log, number, durability, accepted_at AS "acceptedAt"
            FROM send_receipt
            WHERE sender_account_id = $1
            ORDER BY once_id
            """,
        ]),
    ];

    // The lines are no part of a page: nothing but JSON's own characters needs an escape.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the zip; the stream need not be able to seek.</summary>
    /// <exception cref="AccountException">There is no such user.</exception>
    /// <exception cref="StorageUnavailableException">The database did not answer; what was written is not a whole zip.</exception>
    public async Task WriteAsync(string userName, Stream output, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            await using var find = new NpgsqlCommand(Find, connection).With(userName);
            var account = await find.ExecuteScalarAsync(cancellationToken)
                ?? throw new AccountException(AccountError.NoSuchUser, $"There is no user {userName}.");
            using var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (file, statements) in Parts)
            {
                await using var lines = zip.CreateEntry(file).Open();
                foreach (var sql in statements)
                {
                    // No timeout: a long history takes its time.
                    await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 }.With(account, userName);
                    await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                    await CopyAsync(reader, lines, cancellationToken);
                }
            }
        }
        catch (Exception exception) when (exception.IsStorageFailure())
        {
            throw Statements.Unavailable("exporting a user", exception);
        }
    }

    private static async Task CopyAsync(NpgsqlDataReader reader, Stream lines, CancellationToken cancellationToken)
    {
        var line = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(line, Plain);
        while (await reader.ReadAsync(cancellationToken))
        {
            json.WriteStartObject();
            for (var i = 0; i < reader.FieldCount; i++)
                Write(json, reader.GetName(i), reader.GetValue(i));
            json.WriteEndObject();
            await json.FlushAsync(cancellationToken);
            line.Write("\n"u8);
            await lines.WriteAsync(line.WrittenMemory, cancellationToken);
            line.ResetWrittenCount();
            json.Reset();
        }
    }

    private static void Write(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case DBNull: break;
            case bool flag: json.WriteBoolean(name, flag); break;
            case long number: json.WriteNumber(name, number); break;
            case Guid id: json.WriteString(name, id); break;
            case DateTime time: json.WriteString(name, time); break;
            case byte[] text: json.WriteString(name, Encoding.UTF8.GetString(text)); break;
            default: json.WriteString(name, (string)value); break;
        }
    }
}
