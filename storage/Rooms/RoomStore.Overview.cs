using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Rooms;

// What a user has: conversations and rooms together.
public sealed partial class RoomStore
{
    private static readonly ListPosition Start = new(DateTimeOffset.MaxValue, long.MaxValue);

    /// <inheritdoc/>
    public async Task<Answer<string>> FindNameAsync(string sessionKey, string epoch, long log)
    {
        var rows = await source.QueryAsync(
            "looking for the room of a log", OverviewStatements.Name, [sessionKey, log],
            reader => (Epoch: reader.GetString(0), Name: reader.IsDBNull(1) ? null : reader.GetString(1)));
        if (rows.Count == 0) return NoAnswer.NoSession;
        if (rows[0].Epoch != epoch) return NoAnswer.OtherEpoch;
        return rows[0].Name is { } name ? name : NoAnswer.NotFound;
    }

    /// <inheritdoc/>
    public async Task<Answer<StoredOverview>> ListConversationsAsync(string sessionKey, int limit, ListPosition? before)
    {
        var (acceptedAt, peer) = before ?? Start;
        // One more than is shown tells whether more follow.
        var rows = await source.QueryAsync(
            "listing conversations and rooms", OverviewStatements.List,
            [sessionKey, (long)StoredConversation.MostUnreadInList, (long)limit + 1, acceptedAt.UtcDateTime, peer, MaxBytes],
            OverviewRow.Read);
        if (rows.Count == 0) return NoAnswer.NoSession;
        var first = rows[0];
        var shown = rows.Where(row => row.Conversation is not null).Take(limit).ToList();
        return new StoredOverview(
            new StoredList(
                first.Epoch, first.Owner, first.End, [.. shown.Select(row => row.Conversation!)],
                shown is [.., var last] && last.Found > shown.Count ? last.Place : null),
            first.Ends);
    }

    /// <inheritdoc/>
    public async Task<Answer<IReadOnlyList<LogNumber>>> ReceiveAsync(string sessionKey, string epoch, IReadOnlyList<LogNumber> logs)
    {
        var rows = await source.QueryAsync(
            "moving read positions", OverviewStatements.Receive,
            [sessionKey, epoch, logs.Select(log => log.LogId).ToArray(), logs.Select(log => log.Number).ToArray()],
            reader => (
                Epoch: reader.GetString(0),
                Received: reader.GetBoolean(2) ? new LogNumber(reader.GetInt64(1), reader.GetInt64(3)) : (LogNumber?)null));
        if (rows.Count == 0) return NoAnswer.NoSession;
        if (rows[0].Epoch != epoch) return NoAnswer.OtherEpoch;
        if (rows.Exists(row => row.Received is null)) return NoAnswer.NotFound;
        return new Answer<IReadOnlyList<LogNumber>>([.. rows.Select(row => row.Received!.Value)], NoAnswer.None);
    }

    private sealed record OverviewRow(
        long Owner, long End, string Epoch, IReadOnlyList<LogNumber> Ends, long Found, ListPosition Place, StoredConversation? Conversation)
    {
        public static OverviewRow Read(NpgsqlDataReader reader)
        {
            var (owner, end, epoch) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2));
            LogNumber[] ends = reader.IsDBNull(3)
                ? []
                : [.. reader.GetFieldValue<long[]>(3).Zip(reader.GetFieldValue<long[]>(4), (log, last) => new LogNumber(log, last))];
            if (reader.IsDBNull(6)) return new(owner, end, epoch, ends, 0, default, null);
            var (peer, isRoom, name) = (reader.GetInt64(6), reader.GetBoolean(8), reader.GetString(9));
            var entry = reader.IsDBNull(16) ? null : PageRow.ReadEntry(reader, reader.GetInt64(15), 16);
            return new(
                owner, end, epoch, ends, reader.GetInt64(5), new ListPosition(reader.GetFieldValue<DateTimeOffset>(7), peer),
                new StoredConversation(
                    isRoom ? RoomName.ToRecipient(name) : name, reader.GetString(10), isRoom ? peer : owner, entry,
                    (int)reader.GetInt64(11), reader.GetInt64(12), reader.GetInt64(13), reader.GetBoolean(14)));
        }
    }
}
