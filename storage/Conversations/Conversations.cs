using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Conversations;

/// <summary>The conversations in PostgreSQL.</summary>
public sealed class Conversations(NpgsqlDataSource source) : IConversations
{
    private static readonly ListPosition Start = new(DateTimeOffset.MaxValue, long.MaxValue);

    /// <summary>About how many bytes of messages a page holds, and a part of a log.</summary>
    internal long MaxBytes { get; init; } = 1 << 20;

    /// <inheritdoc/>
    public async Task<Answer<StoredAccount>> ReadAccountAsync(string sessionKey)
    {
        var rows = await source.QueryAsync(
            "reading an account", ConversationStatements.Account, [sessionKey],
            reader => new StoredAccount(
                reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetInt64(4), reader.GetInt64(5)));
        return rows.Count == 0 ? NoAnswer.NoSession : rows[0];
    }

    /// <inheritdoc/>
    public async Task<Answer<string>> FindOwnerAsync(string sessionKey, string epoch, long logId)
    {
        var rows = await source.QueryAsync(
            "looking for the owner of a log", ConversationStatements.Owner, [sessionKey, logId],
            reader => (Epoch: reader.GetString(0), Name: reader.IsDBNull(1) ? null : reader.GetString(1)));
        if (rows.Count == 0) return NoAnswer.NoSession;
        if (rows[0].Epoch != epoch) return NoAnswer.OtherEpoch;
        return rows[0].Name is { } name ? name : NoAnswer.NotFound;
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredPage>> ReadPageAsync(string sessionKey, PageQuery request)
    {
        var (before, after) = request.Side switch
        {
            PageSide.After => (0, request.Limit),
            PageSide.Around => (request.Limit / 2, request.Limit - (request.Limit / 2)),
            _ => (request.Limit, 0),
        };
        var rows = await source.QueryAsync(
            "reading a page", ConversationStatements.Page,
            [sessionKey, request.Peer, (int)request.Side, request.Place.Received, request.Place.Sent, request.Epoch, before, after,
             request.Side == PageSide.Around ? MaxBytes / 2L : MaxBytes],
            PageRow.Read);
        if (rows.Count == 0) return NoAnswer.NoSession;
        var first = rows[0];
        if (first.Peer is not { } peer) return NoAnswer.NotFound;
        if (first.Place is not { } place)
            return request.Side != PageSide.Newest && first.Epoch != request.Epoch ? NoAnswer.OtherEpoch : NoAnswer.NotFound;
        var taken = rows.FindAll(row => row.Entry is not null);
        var older = Reach(taken.FindAll(row => !row.IsForward), place, peer, forward: false);
        var newer = Reach(taken.FindAll(row => row.IsForward), place, peer, forward: true);
        return new StoredPage(
            first.Epoch,
            [.. taken.Where(row => !row.IsForward).Reverse().Concat(taken.Where(row => row.IsForward)).Select(row => row.Entry!)],
            rows.Exists(row => row is { IsMore: true, IsForward: false }) ? older : null,
            rows.Exists(row => row is { IsMore: true, IsForward: true }) ? newer : null);
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredList>> ListAsync(string sessionKey, int limit, ListPosition? before)
    {
        var (acceptedAt, peer) = before ?? Start;
        // One more than is shown tells whether more follow.
        var rows = await source.QueryAsync(
            "listing conversations", ConversationStatements.List,
            [sessionKey, (long)StoredConversation.MostUnreadInList, (long)limit + 1, acceptedAt.UtcDateTime, peer, MaxBytes],
            ConversationRow.ReadOfList);
        if (rows.Count == 0) return NoAnswer.NoSession;
        var (owner, end, epoch) = (rows[0].Owner, rows[0].End, rows[0].Epoch);
        var found = rows.FindAll(row => row.Conversation is not null);
        var shown = found.Take(limit).ToList();
        return new StoredList(
            epoch, owner, end, [.. shown.Select(row => row.Conversation!)],
            shown is [.., var last] && last.Found > shown.Count
                ? new ListPosition(last.Conversation!.Last!.AcceptedAt, last.Peer)
                : null);
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredConversation>> FindAsync(string sessionKey, string peer)
    {
        var rows = await ReadOneAsync(sessionKey, peer);
        return rows.Count == 0 ? NoAnswer.NoSession : rows[0].Conversation is { } found ? found : NoAnswer.NotFound;
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredConversation>> SetMutedAsync(string sessionKey, string peer, bool isMuted) =>
        await SetAsync("muting a conversation", ConversationStatements.SetMuted, sessionKey, peer, isMuted)
            is not NoAnswer.None and var reason
            ? reason
            : await FindAsync(sessionKey, peer);

    /// <inheritdoc/>
    public async Task<Answer<StoredConversation>> MarkReadAsync(string sessionKey, string epoch, string peer, long upTo)
    {
        await source.ExecuteAsync("moving a read marker", ConversationStatements.MarkRead, [sessionKey, epoch, peer, upTo]);
        var rows = await ReadOneAsync(sessionKey, peer);
        if (rows.Count == 0) return NoAnswer.NoSession;
        if (rows[0].Epoch != epoch) return NoAnswer.OtherEpoch;
        return rows[0].Conversation is { } found ? found : NoAnswer.NotFound;
    }

    /// <inheritdoc/>
    public async Task<Answer<bool>> SetBlockedAsync(string sessionKey, string peer, bool isBlocked) =>
        await SetAsync("blocking a user", ConversationStatements.SetBlocked, sessionKey, peer, isBlocked)
            is not NoAnswer.None and var reason
            ? reason
            : true;

    /// <inheritdoc/>
    public async Task<Answer<IReadOnlyList<string>>> ListBlockedAsync(string sessionKey)
    {
        var rows = await source.QueryAsync(
            "listing blocked users", ConversationStatements.ListBlocked, [sessionKey],
            reader => reader.IsDBNull(0) ? null : reader.GetString(0));
        return rows.Count == 0
            ? NoAnswer.NoSession
            : new Answer<IReadOnlyList<string>>([.. rows.OfType<string>()], NoAnswer.None);
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredPart>> ReadLogAsync(string sessionKey, string epoch, long after, int limit)
    {
        var rows = await source.QueryAsync(
            "reading a log", ConversationStatements.Log, [sessionKey, epoch, after, (long)limit, MaxBytes],
            reader => (
                Epoch: reader.GetString(1), Last: reader.GetInt64(2), Purged: reader.GetInt64(3),
                Entry: reader.IsDBNull(4) ? null : new StoredEntry(
                    reader.GetGuid(4), reader.GetInt64(5), reader.GetInt64(6), (StoredKind)reader.GetInt16(7), NumberOrNull(reader, 8),
                    reader.GetString(9), reader.GetString(10), TimeOf(reader, 11), reader.GetFieldValue<byte[]>(12))));
        if (rows.Count == 0) return NoAnswer.NoSession;
        if (rows[0].Epoch != epoch) return NoAnswer.OtherEpoch;
        return new StoredPart(
            [.. rows.Select(row => row.Entry).OfType<StoredEntry>()], rows[0].Last, rows[0].Purged > after ? rows[0].Purged + 1 : null);
    }

    /// <inheritdoc/>
    public async Task<Answer<long>> ReceiveAsync(string sessionKey, string epoch, long number)
    {
        var rows = await source.QueryAsync(
            "moving a read position", ConversationStatements.Receive, [sessionKey, epoch, number],
            reader => (Epoch: reader.GetString(0), Received: reader.GetInt64(1)));
        return rows.Count == 0 ? NoAnswer.NoSession : rows[0].Epoch != epoch ? NoAnswer.OtherEpoch : rows[0].Received;
    }

    /// <inheritdoc/>
    public async Task<string> GetEpochAsync()
    {
        var rows = await source.QueryAsync("reading the epoch", "SELECT current_epoch()", [], reader => reader.GetString(0));
        return rows.Single();
    }

    // Unlike a marker, what is set here does not only rise: see Revision. Where it was set meanwhile, only the caller knows whether anyone
    // still waits for this.
    private async Task<NoAnswer> SetAsync(string operation, string sql, string sessionKey, string peer, bool value)
    {
        var seen = await source.QueryAsync(
            operation, ConversationStatements.Revision, [sessionKey, peer], reader => NumberOrNull(reader, 0));
        if (seen.Count == 0) return NoAnswer.NoSession;
        if (seen[0] is not { } revision) return NoAnswer.NotFound;
        return await source.ExecuteAsync(operation, sql, [sessionKey, peer, value, revision]) == 1
            ? NoAnswer.None
            : throw new StorageUnavailableException($"Failed {operation}: it was changed by another call at the same time.");
    }

    private Task<List<ConversationRow>> ReadOneAsync(string sessionKey, string peer) => source.QueryAsync(
        "reading a conversation", ConversationStatements.One, [sessionKey, (long)StoredConversation.MostUnread, peer],
        ConversationRow.Read);

    // Where the rows of one direction end: at the last that was taken of each log, or where they began.
    private static Place Reach(List<PageRow> rows, Place place, long peer, bool forward)
    {
        var (received, sent) = (place.Received, place.Sent);
        foreach (var entry in rows.Select(row => row.Entry!))
        {
            var number = forward ? entry.Number : entry.Number - 1;
            if (entry.LogId == peer && rows[0].Owner != peer) sent = number;
            else received = number;
        }
        return new Place(received, sent);
    }

    private static long? NumberOrNull(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    private static DateTimeOffset TimeOf(NpgsqlDataReader reader, int column) => reader.GetFieldValue<DateTimeOffset>(column);

    private sealed record PageRow(
        string Epoch, long Owner, long? Peer, Place? Place, bool IsForward, bool IsMore, StoredEntry? Entry)
    {
        public static PageRow Read(NpgsqlDataReader reader)
        {
            var hasRow = !reader.IsDBNull(5);
            var isMore = hasRow && reader.GetBoolean(6);
            return new PageRow(
                reader.GetString(0), reader.GetInt64(1), NumberOrNull(reader, 2),
                reader.IsDBNull(3) ? null : new Place(reader.GetInt64(3), reader.GetInt64(4)),
                hasRow && reader.GetBoolean(5), isMore,
                !hasRow || isMore ? null : new StoredEntry(
                    reader.GetGuid(7), reader.GetInt64(8), reader.GetInt64(9), StoredKind.Message, NumberOrNull(reader, 10),
                    reader.GetString(11), reader.GetString(12), TimeOf(reader, 13), reader.GetFieldValue<byte[]>(14)));
        }
    }

    private sealed record ConversationRow(long Owner, long End, string Epoch, long Peer, StoredConversation? Conversation)
    {
        /// <summary>In a list: how many conversations there are, of those that were asked for.</summary>
        public long Found { get; init; }

        public static ConversationRow ReadOfList(NpgsqlDataReader reader) =>
            Read(reader) with { Found = NumberOrNull(reader, 17) ?? 0 };

        public static ConversationRow Read(NpgsqlDataReader reader)
        {
            var (owner, end, epoch) = (reader.GetInt64(0), reader.GetInt64(6), reader.GetString(15));
            if (reader.IsDBNull(1)) return new(owner, end, epoch, 0, null);
            var last = reader.IsDBNull(7) ? null : new StoredEntry(
                reader.GetGuid(7), reader.GetInt64(8), reader.GetInt64(9), StoredKind.Message, NumberOrNull(reader, 10),
                reader.GetString(11), reader.GetString(12), TimeOf(reader, 13), reader.GetFieldValue<byte[]>(14));
            return new(owner, end, epoch, reader.GetInt64(16), new StoredConversation(
                reader.GetString(1), reader.GetString(2), owner, last, (int)reader.GetInt64(5), end, reader.GetInt64(3),
                reader.GetBoolean(4)));
        }
    }
}
