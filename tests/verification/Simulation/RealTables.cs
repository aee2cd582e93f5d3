using Microsoft.Extensions.Logging.Abstractions;
using OrleansChat.Limits;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Sessions;
using OrleansChat.Tests.Shared;
using OrleansChat.Verification.Simulation;

namespace OrleansChat.Verification.Tests.Simulation;

/// <summary>A real database behind the service's own classes.</summary>
public sealed class RealTables : IAsyncLifetime
{
    /// <summary>About how many bytes of messages a page holds: a few messages.</summary>
    public const int MaxBytes = 1 << 10;

    /// <summary>So few that they are reached.</summary>
    public static readonly RoomLimits Limits = new() { Members = 3, RoomsPerUser = 2 };

    private readonly PostgresFixture _postgres = new();
    private Database Database { get; set; } = null!;

    internal GrainStateTable States { get; private set; } = null!;
    public SessionTable Sessions { get; private set; } = null!;
    public Mailbox Mailbox { get; private set; } = null!;
    public Conversations Conversations { get; private set; } = null!;
    public RoomStore Rooms { get; private set; } = null!;
    internal MailboxConnection Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        var options = new StorageOptions { ConnectionString = _postgres.ConnectionString };
        Database = new Database(options, NullLogger<Database>.Instance);
        States = new GrainStateTable(Database.DataSource);
        Sessions = new SessionTable(Database.DataSource);
        Mailbox = new Mailbox(Database, options, TimeProvider.System, NullLogger<Mailbox>.Instance);
        Conversations = new Conversations(Database.DataSource) { MaxBytes = MaxBytes };
        Rooms = new RoomStore(Database.DataSource, Limits) { MaxBytes = MaxBytes };
        Connection = await MailboxConnection.OpenAsync(Database, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Mailbox.DisposeAsync();
        await Database.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>Empties all tables; accounts count from 1 again.</summary>
    public async Task ClearAsync()
    {
        await SqlAsync(
            """
            TRUNCATE message, log, member, account, send_receipt, orleansstorage, live_session, room, room_member, room_change
            RESTART IDENTITY
            """);
        // The former one remembers what it has stored.
        await Connection.DisposeAsync();
        Connection = await MailboxConnection.OpenAsync(Database, CancellationToken.None);
    }

    /// <summary>A new account with an empty mailbox; its number.</summary>
    public async Task<long> AddAccountAsync() =>
        (await QueryAsync("INSERT INTO log DEFAULT VALUES RETURNING log_id", r => r.GetInt64(0))).Single();

    /// <summary>Stores a row whose id no statement of the service would take any more.</summary>
    internal Task InsertOldAsync(NewRow row) => SqlAsync(
        "INSERT INTO message (log_id, number, message_id, sender_id, accepted_at, body) VALUES ($1, $2, $3, $4, $5, $6)",
        row.Account, row.Number, row.Message.Id, row.SenderId, row.AcceptedAt, row.Message.Text);

    /// <summary>Changes how long messages stay, as <c>orleanschat-admin retention --now</c> does; null for ever.</summary>
    public async Task SetRetentionAsync(TimeSpan? keep)
    {
        await SqlAsync("UPDATE retention SET keep = $1::interval, keep_now = $1::interval", keep);
        await SqlAsync("UPDATE log SET look_at = now() WHERE look_at <> 'infinity' OR received > purged");
    }

    /// <summary>Says when the messages of a batch were accepted, instead of now; returns it.</summary>
    internal async Task<DateTimeOffset> AcceptedAtAsync(IEnumerable<PendingGroup> groups, DateTimeOffset? at) =>
        (await QueryAsync(
            """
            WITH receipts AS (
                UPDATE send_receipt SET accepted_at = coalesce($2::timestamptz, accepted_at) WHERE message_id = ANY ($1))
            UPDATE message SET accepted_at = coalesce($2::timestamptz, accepted_at) WHERE message_id = ANY ($1) RETURNING accepted_at
            """,
            r => r.GetFieldValue<DateTimeOffset>(0),
            groups.SelectMany(group => group.Messages).Select(message => message.Id).ToArray(), at?.UtcDateTime))[0];

    /// <summary>The statement that blocks a user, or no longer, where a revision was seen.</summary>
    public async Task<bool> SetBlockedAsync(string session, string peer, bool isBlocked, long revision) =>
        await SqlAsync(ConversationStatements.SetBlocked, session, peer, isBlocked, revision) == 1;

    /// <summary>Says when the entries of a room above a number were accepted; returns their ids.</summary>
    public Task<List<Guid>> AcceptedAtAsync(long log, long above, DateTimeOffset at) => QueryAsync(
        """
        WITH changed AS (
            UPDATE message SET accepted_at = $3 WHERE log_id = $1 AND number > $2 RETURNING number, message_id)
        SELECT message_id FROM changed ORDER BY number
        """,
        r => r.GetGuid(0), log, above, at.UtcDateTime);

    /// <summary>Ends the time for which a deleted room keeps its name.</summary>
    public Task FreeNamesAsync() => SqlAsync("UPDATE room SET removed_at = removed_at - interval '12 minutes'");

    /// <summary>Purges all but the logs of deleted rooms, which nobody sees any more.</summary>
    public async Task<long> PurgeAsync()
    {
        await SqlAsync("UPDATE log SET look_at = 'infinity' WHERE is_room AND removed_at IS NOT NULL");
        return await new MailboxPurge(Database.DataSource).RunOnceAsync(CancellationToken.None);
    }

    /// <summary>All rows of mailboxes, positions and receipts, as text.</summary>
    public Task<List<string>> ReadContentsAsync() => QueryAsync(
        """
        SELECT format('m %s %s %s %s %s %s', log_id, number, message_id, sender_id, target, encode(body, 'hex')) FROM message
        UNION ALL SELECT format('p %s %s %s', log_id, received, purged) FROM log
        UNION ALL SELECT format('o %s %s %s %s %s %s %s', log_id, name, title, is_public, shows_all, shown_after, members) FROM room
        UNION ALL SELECT format(
            'q %s %s %s %s %s %s %s %s %s', log_id, account_id, role, joined, visible, received, read, is_muted, has_left) FROM room_member
        UNION ALL SELECT format('c %s %s %s %s %s %s', account_id, log_id, read, is_muted, is_blocked, revision) FROM member
        UNION ALL SELECT format('r %s %s %s %s %s', sender_account_id, once_id, message_id, log_id, number) FROM send_receipt
        """, r => r.GetString(0));

    /// <summary>All grain states, as text.</summary>
    public Task<List<string>> ReadStatesAsync() => QueryAsync(
        "SELECT format('%s %s %s', graintypestring, grainidextensionstring, version) FROM orleansstorage", r => r.GetString(0));

    private Task<int> SqlAsync(string sql, params object?[] parameters) => _postgres.DataSource.ExecuteAsync("test", sql, parameters);

    private Task<List<T>> QueryAsync<T>(string sql, Func<Npgsql.NpgsqlDataReader, T> read, params object?[] parameters) =>
        _postgres.DataSource.QueryAsync("test", sql, parameters, read);
}
