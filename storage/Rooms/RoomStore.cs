using Npgsql;
using OrleansChat.Limits;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Rooms;

/// <summary>The rooms in PostgreSQL.</summary>
public sealed partial class RoomStore(NpgsqlDataSource source, RoomLimits limits) : IRooms, IRoomChanges
{
    private const string RecentSql =
        "SELECT name, mark FROM room_change WHERE changed_at > clock_timestamp() - $1::interval ORDER BY mark";

    /// <summary>About how many bytes of entries a page holds, and a part of a log.</summary>
    internal long MaxBytes { get; init; } = 1 << 20;

    /// <inheritdoc/>
    public async Task<RoomAdmission?> AdmitAsync(string sessionKey, string room)
    {
        var rows = await source.QueryAsync(
            "admitting a sender to a room", RoomStatements.Admit, [sessionKey, room],
            reader => new RoomAdmission(
                reader.GetInt64(0), reader.IsDBNull(1) ? 0 : reader.GetInt64(1),
                reader.IsDBNull(2) ? RoomRole.Banned : (RoomRole)reader.GetInt16(2)));
        return rows.Count == 0 ? null : rows[0];
    }

    /// <inheritdoc/>
    public Task<RoomOutcome> ChangeAsync(string sessionKey, RoomChange change) => MakeAsync(sessionKey, change);

    /// <summary>Makes a change as an operator does, who may do all. Of <c>Create</c>, the user is the room's owner.</summary>
    public Task<RoomOutcome> OperateAsync(RoomChange change) => MakeAsync(null, change);

    /// <inheritdoc/>
    public async Task<long?> FindDeletionAsync(string sessionKey, long log, long number)
    {
        var rows = await source.QueryAsync(
            "looking for a message to delete", RoomStatements.Deletion, [sessionKey, log, number], reader => reader.GetInt64(0));
        return rows.Count == 0 ? null : rows[0];
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredRoom>> FindAsync(string sessionKey, string room)
    {
        var rows = await FindRowsAsync(sessionKey, room);
        return rows.Count == 0 ? NoAnswer.NoSession : rows[0].Room is { } found ? found : NoAnswer.NotFound;
    }

    /// <inheritdoc/>
    public async Task<Answer<IReadOnlyList<StoredRoom>>> ListAsync(string sessionKey, bool isMine, int limit, string after)
    {
        var rows = await source.QueryAsync(
            "listing rooms", isMine ? RoomStatements.ListMine : RoomStatements.ListPublic,
            [sessionKey, (long)StoredConversation.MostUnreadInList, after, (long)limit], RoomRow.Read);
        return rows.Count == 0
            ? NoAnswer.NoSession
            : new Answer<IReadOnlyList<StoredRoom>>([.. rows.Select(row => row.Room).OfType<StoredRoom>()], NoAnswer.None);
    }

    /// <inheritdoc/>
    public async Task<Answer<IReadOnlyList<StoredMember>>> ListMembersAsync(string sessionKey, string room, int limit, long after)
    {
        var rows = await source.QueryAsync(
            "listing members", RoomStatements.ListMembers, [sessionKey, room, after, (long)limit],
            reader => (
                IsRoom: !reader.IsDBNull(0),
                Member: reader.IsDBNull(1) ? null : new StoredMember(
                    reader.GetInt64(1), reader.GetString(2), reader.GetString(3), (RoomRole)reader.GetInt16(4))));
        if (rows.Count == 0) return NoAnswer.NoSession;
        if (!rows[0].IsRoom) return NoAnswer.NotFound;
        return new Answer<IReadOnlyList<StoredMember>>([.. rows.Select(row => row.Member).OfType<StoredMember>()], NoAnswer.None);
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredRoomPage>> ReadPageAsync(string sessionKey, RoomPageQuery request)
    {
        var (before, after) = request.Side switch
        {
            PageSide.After => (0, request.Limit),
            PageSide.Around => (request.Limit / 2, request.Limit - (request.Limit / 2)),
            _ => (request.Limit, 0),
        };
        var rows = await source.QueryAsync(
            "reading a page of a room", RoomStatements.Page,
            [sessionKey, request.Room, (int)request.Side, request.Place, request.Epoch, before, after,
             request.Side == PageSide.Around ? MaxBytes / 2L : MaxBytes],
            PageRow.Read);
        if (rows.Count == 0) return NoAnswer.NoSession;
        var first = rows[0];
        if (first.LogId is not { } log) return NoAnswer.NotFound;
        if (first.Place is not { } place)
            return request.Side != PageSide.Newest && first.Epoch != request.Epoch ? NoAnswer.OtherEpoch : NoAnswer.NotFound;
        var older = rows.FindAll(row => row is { Entry: not null, IsForward: false });
        var newer = rows.FindAll(row => row is { Entry: not null, IsForward: true });
        return new StoredRoomPage(
            first.Epoch, log, [.. older.Concat(newer).Select(row => row.Entry!)],
            HasMore(forward: false) ? older is [var start, ..] ? start.Entry!.Number - 1 : place : null,
            HasMore(forward: true) ? newer is [.., var end] ? end.Entry!.Number : place : null);

        bool HasMore(bool forward) => rows.Exists(row => row.IsMore && row.IsForward == forward);
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredPart>> ReadLogAsync(string sessionKey, string epoch, long log, long after, int limit)
    {
        var rows = await source.QueryAsync(
            "reading a room's log", RoomStatements.Log, [sessionKey, log, epoch, after, limit, MaxBytes],
            reader => (
                Epoch: reader.GetString(0), IsMember: !reader.IsDBNull(1), Purged: reader.IsDBNull(2) ? 0 : reader.GetInt64(2),
                Last: reader.IsDBNull(3) ? 0 : reader.GetInt64(3),
                Entry: reader.IsDBNull(4) || reader.GetBoolean(4) ? null : PageRow.ReadEntry(reader, reader.GetInt64(1), 5)));
        if (rows.Count == 0) return NoAnswer.NoSession;
        if (!rows[0].IsMember) return NoAnswer.NotFound;
        if (rows[0].Epoch != epoch) return NoAnswer.OtherEpoch;
        return new StoredPart(
            [.. rows.Select(row => row.Entry).OfType<StoredEntry>()], rows[0].Last, rows[0].Purged > after ? rows[0].Purged + 1 : null);
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredRoom>> MarkReadAsync(string sessionKey, string epoch, string room, long upTo)
    {
        await source.ExecuteAsync("moving a read marker", RoomStatements.MarkRead, [sessionKey, epoch, room, upTo]);
        var rows = await FindRowsAsync(sessionKey, room);
        if (rows.Count == 0) return NoAnswer.NoSession;
        if (rows[0].Room is not { Mine: not null } found) return NoAnswer.NotFound;
        return rows[0].Epoch == epoch ? found : NoAnswer.OtherEpoch;
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredRoom>> SetMutedAsync(string sessionKey, string room, bool isMuted)
    {
        await source.ExecuteAsync("muting a room", RoomStatements.SetMuted, [sessionKey, room, isMuted]);
        var rows = await FindRowsAsync(sessionKey, room);
        return rows.Count == 0 ? NoAnswer.NoSession : rows[0].Room is { Mine: not null } found ? found : NoAnswer.NotFound;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(string Room, long Mark)>> GetRecentAsync(TimeSpan window) =>
        await source.QueryAsync("reading changes of rooms", RecentSql, [window], reader => (reader.GetString(0), reader.GetInt64(1)));

    private async Task<RoomOutcome> MakeAsync(string? sessionKey, RoomChange change)
    {
        var rows = await source.QueryAsync(
            "changing a room", RoomStatements.Change,
            [change.Kind.ToString().ToLowerInvariant(), change.Id, sessionKey, change.Room, change.User, (int)change.Role, change.Title,
             change.IsPublic, change.ShowsAll, limits.Members, limits.RoomsPerUser],
            reader => new RoomOutcome(
                (RoomResult)reader.GetInt32(0), reader.IsDBNull(1) ? 0 : reader.GetInt64(1), reader.IsDBNull(2) ? 0 : reader.GetInt64(2)));
        return rows.Single();
    }

    private Task<List<RoomRow>> FindRowsAsync(string sessionKey, string room) => source.QueryAsync(
        "reading a room", RoomStatements.Find, [sessionKey, (long)StoredConversation.MostUnread, room], RoomRow.Read);

    private sealed record RoomRow(string Epoch, StoredRoom? Room)
    {
        public static RoomRow Read(NpgsqlDataReader reader)
        {
            var epoch = reader.GetString(0);
            if (reader.IsDBNull(1)) return new(epoch, null);
            var mine = reader.IsDBNull(6) ? null : new Membership(
                reader.GetInt64(6), (RoomRole)reader.GetInt16(7), reader.GetInt64(8), reader.GetInt64(9), reader.GetInt64(10),
                reader.GetBoolean(11), reader.GetInt64(12), (int)reader.GetInt64(13));
            return new(epoch, new StoredRoom(
                epoch, reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.GetBoolean(4), reader.GetInt32(5), mine));
        }
    }

    private sealed record PageRow(string Epoch, long? LogId, long? Place, bool IsForward, bool IsMore, StoredEntry? Entry)
    {
        public static PageRow Read(NpgsqlDataReader reader)
        {
            var log = reader.IsDBNull(1) ? (long?)null : reader.GetInt64(1);
            var hasRow = !reader.IsDBNull(4);
            var isMore = hasRow && reader.GetBoolean(4);
            return new PageRow(
                reader.GetString(0), log, reader.IsDBNull(2) ? null : reader.GetInt64(2), hasRow && reader.GetBoolean(3), isMore,
                !hasRow || isMore ? null : ReadEntry(reader, log!.Value, 5));
        }

        // What the target of a change is, its user says.
        public static StoredEntry ReadEntry(NpgsqlDataReader reader, long log, int column)
        {
            var kind = (StoredKind)reader.GetInt16(column + 2);
            return new StoredEntry(
                reader.GetGuid(column), log, reader.GetInt64(column + 1), kind,
                kind > StoredKind.Deleted || reader.IsDBNull(column + 3) ? null : reader.GetInt64(column + 3),
                reader.GetString(column + 4), reader.GetString(column + 5), reader.GetFieldValue<DateTimeOffset>(column + 7),
                reader.GetFieldValue<byte[]>(column + 8), reader.IsDBNull(column + 6) ? null : reader.GetString(column + 6));
        }
    }
}

/// <summary>The changes of rooms, for the silos that hold their grains.</summary>
public interface IRoomChanges
{
    /// <summary>
    /// Returns the names of the rooms that were changed within the last <paramref name="window"/>, each with a mark that differs after
    /// every change.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<IReadOnlyList<(string Room, long Mark)>> GetRecentAsync(TimeSpan window);
}
