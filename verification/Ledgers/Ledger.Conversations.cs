using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Verification.Ledgers;

/// <summary>Judges what is said of conversations: unread messages and markers; and deletions.</summary>
internal sealed partial class Ledger
{
    /// <summary>The most unread messages that are counted of one conversation, and of each in a list.</summary>
    private const int MostUnread = 1000, MostUnreadInList = 100;

    /// <summary>Records that a marker is about to be moved.</summary>
    public RequestEntry BeginMarkRead(ConnectionEntry connection, SessionEntry session, UserEntry peer, long upTo)
    {
        lock (_gate)
        {
            var conversation = session.User.With(peer);
            conversation.Asked = Math.Max(conversation.Asked, upTo);
            return BeginLine(RequestKind.MarkRead, connection, session.User, session, null);
        }
    }

    /// <summary>Records that everything up to a number is about to be said to have arrived; the client has seen it.</summary>
    public RequestEntry BeginReceive(ConnectionEntry connection, SessionEntry session, long number)
    {
        lock (_gate)
        {
            SayReceived(session.User.Log, number);
            return BeginLine(RequestKind.Receive, connection, session.User, session, null);
        }
    }

    /// <summary>Records that a message of the session's user is about to be deleted.</summary>
    public RequestEntry BeginDelete(ConnectionEntry connection, SessionEntry session, UserEntry recipient, long number)
    {
        lock (_gate)
        {
            // It may not come any more.
            recipient.Log.Rows[(int)number - 1].Message?.MayBeReceived = true;
            return BeginLine(RequestKind.Delete, connection, session.User, session, null);
        }
    }

    /// <summary>Judges what is said of one conversation.</summary>
    /// <param name="request">The request.</param>
    /// <param name="shown">The answer.</param>
    /// <param name="marked">The number that the request marks.</param>
    public void ConversationRead(RequestEntry request, Conversation shown, long marked = 0)
    {
        lock (_gate) JudgeConversation(request, shown, marked, MostUnread, Now());
    }

    /// <summary>Judges a part of the list of conversations.</summary>
    public void ConversationsListed(RequestEntry request, ListPlace? before, ConversationList list)
    {
        lock (_gate)
        {
            var now = Now();
            foreach (var shown in list.Conversations)
            {
                if (shown.Peer.StartsWith(RoomName.Mark)) JudgeRoomConversation(request, shown, 0, MostUnreadInList, now);
                else JudgeConversation(request, shown, 0, MostUnreadInList, now);
            }
            if (list.Rooms is { } ends) JudgeEnds(request, list, ends, now);
            if (before is not null || list.Older is not null) return;
            foreach (var peer in _users.ExceptBy(list.Conversations.Select(c => c.Peer), peer => peer.Name))
            {
                if (peer.RemovalBegun is null && FirstBetween(peer, request.User, request.Begun) is { } row)
                    Accuse(Invariants.UnreadIsExact, $"the conversation of {request.User.Name} with {peer.Name} is not in the list",
                        WithFaults(new History().Add(row).Add(request, now)));
            }
        }
    }

    /// <summary>Judges the answer that everything up to a number has arrived.</summary>
    public void Received(RequestEntry request, long asked, long answered)
    {
        lock (_gate)
        {
            var (now, log) = (Now(), request.User.Log);
            if (answered < asked || answered > log.Rows.Count
                || log.Receipts.Exists(receipt => receipt.When.IsBefore(request.Begun) && receipt.Number > answered))
                Accuse(Invariants.MarkerOnlyRises, $"{request.User.Name} has received up to {asked}, and is answered {answered}",
                    WithFaults(new History().Add(request, now)));
            log.Receipts.Add((now, answered));
            AreReceived(log, answered, now);
            Forget(request.User);
        }
    }

    /// <summary>Judges the answer that a message is deleted.</summary>
    /// <param name="request">The request.</param>
    /// <param name="recipient">Whose inbox it is in.</param>
    /// <param name="number">The number of the message.</param>
    /// <param name="deletion">The number of the entry that says so; null if there is said to be no such message.</param>
    public void Deleted(RequestEntry request, UserEntry recipient, long number, long? deletion)
    {
        lock (_gate)
        {
            var (now, row) = (Now(), recipient.Log.Rows[(int)number - 1]);
            if (deletion is null ? row.Gone is null : row.Deleted?.Number != deletion && row.Gone is null)
                Accuse(Invariants.ExpiredIsGone, $"the deletion of number {number} of {recipient.Name}'s inbox is answered {deletion}",
                    WithFaults(new History().Add(row).Add(request, now)));
        }
    }

    /// <summary>Numbers were asked about that belong to another incarnation of the database, and there was an answer.</summary>
    public void AnsweredInAnotherEpoch(RequestEntry request)
    {
        lock (_gate)
            Accuse(Invariants.ReplyForm, $"{request.Kind} was answered for numbers of another epoch", new History().Add(request, Now()));
    }

    /// <summary>Something was refused, though there was no reason for it.</summary>
    public void RefusedWrongly(RequestEntry request, string reason)
    {
        lock (_gate) Accuse(Invariants.ReplyForm, $"{request.Kind} was refused with {reason}", new History().Add(request, Now()));
    }

    private void JudgeConversation(RequestEntry request, Conversation shown, long marked, int mostUnread, Moment now)
    {
        // Of somebody who is being removed it is not certain what is there, nor under which name.
        if (!_usersByName.TryGetValue(shown.Peer, out var peer) || peer.RemovalBegun is not null) return;
        var (me, rows) = (request.User, request.User.Log.Rows);
        var known = me.Log.LastBefore(request.Begun);
        if (JudgeMarker(request, me.With(peer), shown, Math.Min(marked, known)) is { } wrong)
        {
            Accuse(Invariants.MarkerOnlyRises, $"the marker of {me.Name} for {peer.Name} is {shown.Read}: {wrong}",
                WithFaults(new History().Add(request, now)));
            return;
        }
        me.With(peer).Markers.Add((now, shown.Read));
        if (shown.Last is { } last) JudgeEntry(request, last, now);
        var (least, most) = peer == me
            ? (0, 0)
            : CountUnread(me.Log.MessagesOf(peer, shown.Read, shown.UnreadAt), request.Begun, mostUnread);
        if (shown.UnreadAt > rows.Count || shown.UnreadAt < known
            || shown.Unread < Math.Min(least, mostUnread) || shown.Unread > Math.Min(most, mostUnread))
            Accuse(Invariants.UnreadIsExact, $"{me.Name} is said to have {shown.Unread} unread messages of {peer.Name} as of "
                + $"{shown.UnreadAt}, having read up to {shown.Read}; there are {least} to {most}",
                WithFaults(new History().Add(request, now)));
    }

    private static string? JudgeMarker(RequestEntry request, ConversationEntry conversation, Conversation shown, long marked)
    {
        var before = conversation.Markers.Where(m => m.When.IsBefore(request.Begun)).Select(m => m.Read).DefaultIfEmpty().Max();
        return shown.Read < before ? $"{before} was answered before"
            : shown.Read < marked ? $"{marked} was marked"
            : shown.Read > conversation.Asked ? $"no more than {conversation.Asked} was marked"
            : null;
    }

    /// <summary>The least and the most that may be counted: what the purge has deleted meanwhile may have been, or not.</summary>
    private static (int Least, int Most) CountUnread(IEnumerable<RowEntry> rows, Moment asked, int enough)
    {
        var (least, most) = (0, 0);
        foreach (var row in rows)
        {
            if (row.Gone is null) least++;
            if (row.MayBeSeen(asked)) most++;
            if (least == enough) break;
        }
        return (least, most);
    }

    /// <summary>A message that one of the two wrote to the other, and that is there for anyone who asked at a moment.</summary>
    private static RowEntry? FirstBetween(UserEntry one, UserEntry other, Moment asked) =>
        one.Log.MessagesOf(other, one.Log.Purged, long.MaxValue).FirstOrDefault(row => row.MustBeSeen(asked))
            ?? other.Log.MessagesOf(one, other.Log.Purged, long.MaxValue).FirstOrDefault(row => row.MustBeSeen(asked));

    /// <summary>A client is about to say that everything up to a number of its user's inbox has arrived.</summary>
    private static void SayReceived(LogRecord log, long number)
    {
        for (; log.Said < Math.Min(number, log.Rows.Count); log.Said++) log.Rows[(int)log.Said].Message?.MayBeReceived = true;
    }

    /// <summary>It was answered that everything up to a number is received.</summary>
    private static void AreReceived(LogRecord log, long number, Moment now)
    {
        for (; log.SaidAndDone < Math.Min(number, log.Rows.Count); log.SaidAndDone++)
            if (log.Rows[(int)log.SaidAndDone].Message is { } message) Receive(message, now);
        log.Received = Math.Max(log.Received, log.SaidAndDone);
    }
}
