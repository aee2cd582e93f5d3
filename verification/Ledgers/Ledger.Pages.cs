using OrleansChat.GrainInterfaces;

namespace OrleansChat.Verification.Ledgers;

/// <summary>
/// Judges pages of conversations, and logs by number: each shows all there is between its ends, so a walk from end to end misses nothing.
/// </summary>
internal sealed partial class Ledger
{
    /// <summary>Judges a page.</summary>
    public void PageRead(RequestEntry request, PageRequest asked, ConversationPage page)
    {
        lock (_gate)
        {
            var (now, me, peer) = (Now(), request.User, _usersByName[asked.Peer]);
            RowEntry?[] rows = [.. page.Entries.Select(entry => JudgeEntry(request, entry, now))];
            if (rows.Contains(null)) return;
            // The times as they were stored: milliseconds would not tell in which order.
            page = page with { Entries = [.. page.Entries.Zip(rows, (entry, row) => entry with { AcceptedAt = row!.AcceptedAt })] };
            var before = page.Older ?? default;
            var after = page.Newer ?? new ConversationPlace(long.MaxValue, long.MaxValue);
            JudgeDirection(request, page, me, peer, before.Received, after.Received, now);
            if (me != peer) JudgeDirection(request, page, peer, me, before.Sent, after.Sent, now);
            if (WhatIsWrong(asked, page) is { } wrong)
                Accuse(Invariants.PagesLoseNothing, wrong, WithFaults(new History().Add(request, now)));
        }
    }

    /// <summary>Judges the answer that the message does not exist around which a page was asked for.</summary>
    public void NotFound(RequestEntry request, PageRequest asked)
    {
        lock (_gate)
        {
            var (received, sent) = (asked.Place.Received, asked.Place.Sent);
            var log = (received > 0 ? request.User : _usersByName[asked.Peer]).Log;
            if (asked.Kind == PageKind.Around && log.Rows[(int)(received + sent) - 1].Gone is not null) return;
            Accuse(Invariants.PagesLoseNothing, "the message around which a page was asked for is said not to exist",
                WithFaults(new History().Add(request, Now())));
        }
    }

    /// <summary>Judges a part of the inbox.</summary>
    public void LogRead(RequestEntry request, long after, LogPart part)
    {
        lock (_gate)
        {
            var now = Now();
            var log = request.User.Log;
            var from = Math.Max(after, part.First - 1 ?? 0);
            foreach (var entry in part.Entries)
            {
                JudgeEntry(request, entry, now);
                if (entry.LogId != log.Id || entry.Number != ++from)
                    Say($"{request.User.Name}'s inbox shows {entry.LogId}/{entry.Number} in the place of number {from}");
            }
            if (part.Entries.Length == 0 && part.Last > from) Say($"{request.User.Name}'s inbox shows nothing above {from} of {part.Last}");
            if (part.Last != NotSaid && (part.Last > log.Rows.Count || part.Last < log.LastBefore(request.Begun)))
                Say($"{request.User.Name}'s inbox is said to end at {part.Last}");
            // What the purge has deleted since was still there, perhaps.
            if (part.First - 1 > log.Purged || (part.First - 1 ?? after) < PurgedAt(log, request.Begun))
                Say($"{request.User.Name}'s inbox is said to begin at {part.First}");

            void Say(string what) => Accuse(Invariants.PagesLoseNothing, what, WithFaults(new History().Add(request, now)));
        }
    }

    /// <summary>The number up to which a log was purged at a moment.</summary>
    private static long PurgedAt(LogRecord log, Moment when)
    {
        var purged = log.Purged;
        while (purged > 0 && log.Rows[(int)purged - 1].Gone is { } gone && !gone.IsBefore(when)) purged--;
        return purged;
    }

    /// <summary>One direction of a page: what a sender wrote to the owner of a log, between the page's ends.</summary>
    private void JudgeDirection(
        RequestEntry request, ConversationPage page, UserEntry owner, UserEntry sender, long above, long upTo, Moment now)
    {
        var last = above;
        var shown = new HashSet<long>();
        foreach (var number in page.Entries.Where(e => e.LogId == owner.Log.Id).Select(e => e.Number))
        {
            if (number <= last || number > upTo || owner.Log.Rows[(int)number - 1] is not { IsMessage: true } row || row.Sender != sender)
                Say($"shows number {number} of {owner.Name}'s inbox after {last}, before {upTo}");
            shown.Add(last = number);
        }
        foreach (var row in owner.Log.MessagesOf(sender, Math.Max(above, owner.Log.Purged), upTo))
        {
            if (row.MustBeSeen(request.Begun) && !shown.Contains(row.Number))
                Say($"lacks number {row.Number} of {owner.Name}'s inbox", row);
        }

        void Say(string what, RowEntry? row = null)
        {
            var history = WithFaults(new History().Add(request, now));
            Accuse(Invariants.PagesLoseNothing, $"a page {what}", row is null ? history : history.Add(row));
        }
    }

    /// <summary>Whether the page fits what was asked for, whatever it shows.</summary>
    private static string? WhatIsWrong(PageRequest asked, ConversationPage page)
    {
        if (page.Entries.Length > asked.Limit) return $"a page has {page.Entries.Length} entries of at most {asked.Limit}";
        if (asked.Kind == PageKind.After && page.Older is { } older && older != asked.Place) return "a page after a place begins elsewhere";
        if (asked.Kind == PageKind.Before && page.Newer is { } newer && newer != asked.Place) return "a page before a place ends elsewhere";
        if (page.Entries.Length == 0 && (asked.Kind == PageKind.After ? page.Newer : page.Older) is not null)
            return "a page is empty and not at the end";
        if (asked.Kind == PageKind.Around && !Array.Exists(page.Entries, e => e.Number == asked.Place.Received + asked.Place.Sent))
            return "a page around a message lacks it";
        // While times ascend with numbers, they are the order; where they fall, each direction stays in its own.
        var isSorted = page.Entries.GroupBy(e => e.LogId).All(direction => AscendsInTime([.. direction]));
        return isSorted && !AscendsInTime(page.Entries) ? "the entries of a page are not in the order of their times" : null;
    }

    private static bool AscendsInTime(LogEntry[] entries) => Enumerable.Range(1, Math.Max(0, entries.Length - 1))
        .All(i => OrderOf(entries[i - 1]).CompareTo(OrderOf(entries[i])) < 0);

    private static (DateTimeOffset, long, long) OrderOf(LogEntry entry) => (entry.AcceptedAt, entry.Number, entry.LogId);
}
