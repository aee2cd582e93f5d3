using OrleansChat.Storage.Conversations;

namespace OrleansChat.Verification.Simulation;

/// <summary>The statements that read messages which stay: pages of conversations, and logs by number.</summary>
internal sealed partial class Tables
{
    /// <summary>What an entry counts for, besides its text, towards the size of a page.</summary>
    private const int BytesPerEntry = 256;

    public Answer<StoredPage> ReadPage(string session, PageQuery query, long maxBytes)
    {
        if (AccountOf(session) is not { } me) return NoAnswer.NoSession;
        if (AccountNamed(query.Peer) is not { } peer) return NoAnswer.NotFound;
        if (query.Side != PageSide.Newest && query.Epoch != Epoch) return NoAnswer.OtherEpoch;
        var received = Direction(peer, me);
        var sent = me == peer ? [] : Direction(me, peer);
        if (PlaceOf(query, received, sent) is not { } place) return NoAnswer.NotFound;
        if (query.Side == PageSide.Around) maxBytes /= 2;
        var half = query.Side == PageSide.Around ? query.Limit / 2 : query.Side == PageSide.After ? 0 : query.Limit;
        var (older, hasOlder) = Fit(
            Merge(received.FindAll(e => e.Number <= place.Received), sent.FindAll(e => e.Number <= place.Sent), isForward: false),
            half, maxBytes);
        var (newer, hasNewer) = Fit(
            Merge(received.FindAll(e => e.Number > place.Received), sent.FindAll(e => e.Number > place.Sent), isForward: true),
            query.Side is PageSide.Around or PageSide.After ? query.Limit - half : 0, maxBytes);
        return new StoredPage(
            Epoch, [.. Enumerable.Reverse(older), .. newer],
            hasOlder ? Reach(older, before: 1) : null, hasNewer ? Reach(newer, before: 0) : null);

        // Before, or after, the last that was taken of each direction; one of which nothing was taken stays where it was.
        Place Reach(List<StoredEntry> taken, int before) => new(
            taken.FindLast(e => e.LogId == me) is { } one ? one.Number - before : place.Received,
            taken.FindLast(e => e.LogId != me) is { } other ? other.Number - before : place.Sent);
    }

    public Answer<StoredPart> ReadLog(string session, string epoch, long after, int limit, long maxBytes)
    {
        if (AccountOf(session) is not { } me) return NoAnswer.NoSession;
        if (epoch != Epoch) return NoAnswer.OtherEpoch;
        var log = _mailboxes[me];
        var (entries, _) = Fit(log.After(after).Select(row => Entry(me, row.Number, row.Row)), limit, maxBytes);
        return new StoredPart(entries, log.LastNumber, log.Purged > after ? log.Purged + 1 : null);
    }

    /// <summary>The messages of one account in another's inbox, in the order of their numbers.</summary>
    private List<StoredEntry> Direction(long sender, long log) =>
    [
        .. from row in _mailboxes[log].After(0)
           where row.Row.SenderId == sender && row.Row.Message.Target is null
           select Entry(log, row.Number, row.Row),
    ];

    private StoredEntry Entry(long log, long number, StoredMessage row)
    {
        var (id, text, _, _, target) = row.Message;
        var sender = _accounts.GetValueOrDefault(row.SenderId) ?? new AccountModel("", "");
        return new StoredEntry(
            id, log, number, row.Entry?.Kind ?? (target is null ? StoredKind.Message : StoredKind.Deleted), target ?? row.DeletedBy,
            sender.UserName, sender.DisplayName, row.AcceptedAt, text,
            row.Entry?.User is { } user ? _accounts[user].UserName : null);
    }

    private static Place? PlaceOf(PageQuery query, List<StoredEntry> received, List<StoredEntry> sent)
    {
        if (query.Side == PageSide.Newest) return new Place(received.LastOrDefault()?.Number ?? 0, sent.LastOrDefault()?.Number ?? 0);
        if (query.Side != PageSide.Around) return query.Place;
        var (isReceived, number) = query.Place.Received > 0 ? (true, query.Place.Received) : (false, query.Place.Sent);
        if ((isReceived ? received : sent).Find(e => e.Number == number) is not { } around) return null;
        var other = NumberBefore(around, isReceived ? sent : received);
        return isReceived ? new Place(number - 1, other) : new Place(other, number - 1);
    }

    /// <summary>
    /// The number in the other direction after which a message belongs, found by halving its numbers: where times fall, there are several,
    /// and this is the one that counts.
    /// </summary>
    private static long NumberBefore(StoredEntry message, List<StoredEntry> others)
    {
        var (low, high) = (0L, others.LastOrDefault()?.Number ?? 0);
        while (low < high)
        {
            var middle = high - (high - low) / 2;
            var next = others.Find(e => e.Number >= middle)!;
            if (next.Number <= high && OrderOf(next).CompareTo(OrderOf(message)) < 0) low = next.Number;
            else high = middle - 1;
        }
        return low;
    }

    /// <summary>
    /// Both directions, the nearest to a place first. An entry ranks as the greatest between the place and itself (on the way back: as the
    /// least), so each direction stays in order, whatever its times are.
    /// </summary>
    private static IEnumerable<StoredEntry> Merge(List<StoredEntry> received, List<StoredEntry> sent, bool isForward)
    {
        var ranked = Rank(received).Concat(Rank(sent));
        return (isForward ? ranked.OrderBy(e => e.Rank) : ranked.OrderByDescending(e => e.Rank)).Select(e => e.Entry);

        IEnumerable<(StoredEntry Entry, (DateTimeOffset, long, long) Rank)> Rank(List<StoredEntry> direction)
        {
            var rank = isForward ? (DateTimeOffset.MinValue, 0L, 0L) : (DateTimeOffset.MaxValue, 0L, 0L);
            foreach (var entry in isForward ? direction : Enumerable.Reverse(direction))
            {
                if (OrderOf(entry).CompareTo(rank) > 0 == isForward) rank = OrderOf(entry);
                yield return (entry, rank);
            }
        }
    }

    private static (List<StoredEntry> Taken, bool IsMore) Fit(IEnumerable<StoredEntry> entries, int limit, long maxBytes)
    {
        var (taken, bytes) = (new List<StoredEntry>(), 0L);
        foreach (var entry in entries)
        {
            bytes += entry.Text.Length + BytesPerEntry;
            if (taken.Count == limit || (bytes > maxBytes && taken.Count > 0)) return (taken, true);
            taken.Add(entry);
        }
        return (taken, false);
    }

    private static (DateTimeOffset AcceptedAt, long Number, long Log) OrderOf(StoredEntry entry) =>
        (entry.AcceptedAt, entry.Number, entry.LogId);
}
