using OrleansChat.GrainInterfaces;

namespace OrleansChat.Verification.Ledgers;

/// <summary>Judges rooms as conversations, the one list that has both, and receipts of several logs.</summary>
internal sealed partial class Ledger
{
    /// <summary>Judges what is said of a room as a conversation.</summary>
    public void RoomConversationRead(RequestEntry request, Conversation shown)
    {
        lock (_gate) JudgeRoomConversation(request, shown, 0, MostUnread, Now());
    }

    /// <summary>Records that everything of some logs, up to a number of each, is about to be said to have arrived.</summary>
    public RequestEntry BeginReceive(ConnectionEntry connection, SessionEntry session, IReadOnlyList<(UserEntry Owner, long Number)> logs)
    {
        lock (_gate)
        {
            foreach (var (owner, number) in logs)
            {
                if (!owner.IsRoom)
                {
                    SayReceived(owner.Log, number);
                    continue;
                }
                var conversation = session.User.With(owner);
                conversation.Said = Math.Max(conversation.Said, number);
                foreach (var copy in CopiesOf(owner, session.User).Where(copy => copy.Original!.Row?.Number <= number))
                    copy.MayBeReceived = true;
            }
            return BeginLine(RequestKind.Receive, connection, session.User, session, null);
        }
    }

    /// <summary>Judges the answer that everything of a room up to a number has arrived.</summary>
    public void ReceivedInRoom(RequestEntry request, UserEntry room, long asked, long answered)
    {
        lock (_gate)
        {
            var (now, conversation) = (Now(), request.User.With(room));
            var (when, before) = conversation.SaidAndDone;
            if (answered < asked || answered > room.Log.Rows.Count || (when.IsBefore(request.Begun) && answered < before))
                Accuse(Invariants.MarkerOnlyRises,
                    $"{request.User.Name} has received up to {asked} of {room.Name}, before up to {before}, and is answered {answered}",
                    WithFaults(new History().Add(request, now)));
            // What is certain is what was asked for: the rest may be the number of a later membership.
            if (asked > before) conversation.SaidAndDone = (now, asked);
            foreach (var copy in CopiesOf(room, request.User).Where(copy => copy.Original!.Row?.Number <= asked).ToList())
                Receive(copy, now);
            Forget(request.User);
        }
    }

    private void JudgeRoomConversation(RequestEntry request, Conversation shown, long marked, int mostUnread, Moment now)
    {
        if (!_usersByName.TryGetValue(shown.Peer, out var room))
        {
            Accuse(Invariants.NoReadWithoutMembership, $"{shown.Peer} is shown, which is not a room", new History().Add(request, now));
            return;
        }
        if (!MayRead(request, room, shown.LogId, now)) return;
        if (shown.Last is { } last && JudgeEntry(request, last, now) is { } row
            && !room.Room!.StatesSince(request.User, request.Begun).Any(state => state.IsMember && state.Visible.Contain(row.Number)))
            AccuseOfLeak(request, room, $"shows its number {row.Number}", now);
        JudgeRoomCount(request, room, (shown.Read, shown.Unread, shown.UnreadAt), mostUnread, marked, now);
    }

    /// <summary>The list names the ends of the inbox and of all rooms that the user is in, and of no other.</summary>
    private void JudgeEnds(RequestEntry request, ConversationList list, Position[] ends, Moment now)
    {
        var me = request.User;
        if (me.Log.Id != 0 && (list.LogId != me.Log.Id || list.End > me.Log.Rows.Count || list.End < me.Log.LastBefore(request.Begun)))
            Accuse(Invariants.PagesLoseNothing, $"{me.Name}'s inbox is said to be log {list.LogId}, and to end at {list.End}",
                WithFaults(new History().Add(request, now)));
        foreach (var (log, number) in ends)
        {
            if (!_logs.TryGetValue(log, out var room) || !room.IsRoom || room.Log.Id != log)
                Accuse(Invariants.NoReadWithoutMembership, $"log {log} is shown to {me.Name}, which is not a room",
                    WithFaults(new History().Add(request, now)));
            else if (MayRead(request, room, log, now) && !IsLast(request, room, number))
                Accuse(Invariants.PagesLoseNothing, $"{room.Name} is said to end at {number}", WithFaults(new History().Add(request, now)));
        }
        foreach (var room in _logs.Values.Where(owner => owner.Room is not null).Distinct())
        {
            if (!room.Room!.StatesSince(me, request.Begun).All(state => state.IsMember)
                || Array.Exists(ends, end => end.LogId == room.Log.Id)) continue;
            Accuse(Invariants.PagesLoseNothing, $"{room.Name} is not in the list of {me.Name}, who is a member",
                WithFaults(AddWishes(new History().Add(request, now), room, me)));
        }
    }
}
