using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Verification.Ledgers;

/// <summary>
/// Judges what is shown of rooms: nothing to who is not a member, and to a member all there is between the ends of a page.
/// </summary>
/// <remarks>
/// While a request is under way its user may become something else in the room: then an answer must fit one of the states.
/// </remarks>
internal sealed partial class Ledger
{
    /// <summary>What a door does not say of a member.</summary>
    public const int NotSaid = -1;

    /// <summary>Judges a page of a room.</summary>
    public void RoomPageRead(RequestEntry request, UserEntry room, RoomPageRequest asked, RoomPage page)
    {
        lock (_gate)
        {
            var now = Now();
            if (!MayRead(request, room, page.LogId, now)) return;
            if (page.Entries.Any(entry => JudgeEntry(request, entry, now) is null)) return;
            JudgeShown(request, room, now, state =>
                WhatIsWrong(asked, page) ?? WhatIsWrong(room, state, page.Entries, page.Older ?? 0, page.Newer ?? long.MaxValue,
                    request.Begun, row => row.Kind != EntryKind.Deleted));
        }
    }

    /// <summary>Judges a part of a room's log.</summary>
    public void RoomLogRead(RequestEntry request, UserEntry room, long after, LogPart part, long log)
    {
        lock (_gate)
        {
            var now = Now();
            if (!MayRead(request, room, log, now)) return;
            if (part.Last == NotSaid) return;
            if (part.Entries.Any(entry => JudgeEntry(request, entry, now) is null)) return;
            JudgeShown(request, room, now, state => WhatIsWrong(
                room, state, part.Entries, after, part.Entries is [.., var last] ? last.Number : long.MaxValue, request.Begun, _ => true)
                ?? (IsLast(request, room, part.Last) ? null : $"the log is said to end at {part.Last}"));
        }
    }

    /// <summary>Judges what is said of a room.</summary>
    /// <param name="request">The request.</param>
    /// <param name="room">The room.</param>
    /// <param name="shown">The answer.</param>
    /// <param name="mostUnread">Up to where unread messages are counted.</param>
    /// <param name="marked">The number that the request marks.</param>
    public void RoomShown(RequestEntry request, UserEntry room, RoomInfo shown, int mostUnread = MostUnread, long marked = 0)
    {
        lock (_gate)
        {
            var now = Now();
            var states = room.Room is { } record ? record.StatesSince(request.User, request.Begun).ToList() : [];
            if (shown.Mine is not { } mine)
            {
                if (room.Room?.WasPublic(request.Begun) != true)
                    AccuseOfLeak(request, room, "is shown, and is private or none", now);
                else if (states.TrueForAll(state => state.IsMember))
                    Accuse(Invariants.NoReadWithoutMembership, $"{request.User.Name} is said not to be a member of {room.Name}",
                        WithFaults(AddWishes(new History().Add(request, now), room, request.User)));
                return;
            }
            if (!MayRead(request, room, mine.LogId, now)) return;
            if (mine.Joined != NotSaid && !states.Exists(state => state.IsMember && state.Role == mine.Role && state.Joined == mine.Joined))
                Accuse(Invariants.RolesHold, $"{request.User.Name} is said to be a {mine.Role} of {room.Name} since {mine.Joined}",
                    WithFaults(AddRows(new History().Add(request, now), room)));
            if (mine.Unread != NotSaid)
                JudgeRoomCount(request, room, (mine.Read, mine.Unread, mine.Last), mostUnread, marked, now);
            else if (!IsLast(request, room, mine.Last))
                Accuse(Invariants.UnreadIsExact, $"{room.Name} is said to end at {mine.Last}", WithFaults(new History().Add(request, now)));
        }
    }

    /// <summary>Judges the list of a room's members.</summary>
    public void MembersListed(RequestEntry request, UserEntry room, RoomMember[] members)
    {
        lock (_gate)
        {
            var now = Now();
            if (!MayRead(request, room, room.Log.Id, now)) return;
            foreach (var user in _users)
            {
                var shown = Array.Find(members, member => member.Name == user.Name)?.Role;
                var states = room.Room!.StatesSince(user, request.Begun).ToList();
                if (states.Exists(state => shown is null ? !state.IsMember : state.Role == shown)) continue;
                Accuse(Invariants.RolesHold, $"{user.Name} is said to be {shown?.ToString() ?? "nobody"} in {room.Name}",
                    WithFaults(AddRows(new History().Add(request, now), room)));
            }
        }
    }

    /// <summary>Judges the answer that there is no such room.</summary>
    public void RoomNotFound(RequestEntry request, UserEntry room)
    {
        lock (_gate)
        {
            var now = Now();
            if (room.Room is not { } record || !record.StatesSince(request.User, request.Begun).All(state => state.IsMember)) return;
            Accuse(Invariants.ReplyForm, $"{room.Name} is said not to exist, to a member of it",
                WithFaults(AddWishes(new History().Add(request, now), room, request.User)));
        }
    }

    /// <summary>Judges the answer that a change was made: its entry is there.</summary>
    public void RoomChangeAnswered(RequestEntry request, UserEntry room, RoomChangeRequest change, RoomChangeReply reply)
    {
        lock (_gate)
        {
            var (now, user) = (Now(), change.User is null ? request.User : _usersByName[change.User]);
            var kind = change.Action switch
            {
                RoomAction.Create or RoomAction.Join or RoomAction.Add => EntryKind.Joined,
                RoomAction.Remove when user != request.User => EntryKind.Removed,
                RoomAction.Leave or RoomAction.Remove => EntryKind.Left,
                RoomAction.SetRole => EntryKind.Role,
                _ => EntryKind.Title,
            };
            var isSo = reply.Number == 0
                ? change.Action is RoomAction.SetRole or RoomAction.Set || room.Room?.Deleted is not null
                : reply.LogId != room.Log.Id || (room.Log.Rows.ElementAtOrDefault((int)reply.Number - 1) is { } row
                    // Over HTTP one request adds somebody with a role, or gives it.
                    && (row.Kind == kind || (LearnsLate && kind == EntryKind.Role && row.Kind == EntryKind.Joined))
                    && (kind == EntryKind.Title || row.User == user));
            if (isSo) return;
            Accuse(Invariants.AcknowledgedIsDurable,
                $"{change.Action} in {room.Name} is answered with number {reply.Number}, where no such entry is",
                WithFaults(AddRows(new History().Add(request, now), room)));
        }
    }

    /// <summary>Records that the deletion of a message of a room is about to be asked for: it may not come any more.</summary>
    public RequestEntry BeginDeleteInRoom(ConnectionEntry connection, SessionEntry session, UserEntry room, long number)
    {
        lock (_gate)
        {
            var message = room.Log.Rows[(int)number - 1].Message;
            message?.MayBeReceived = true;
            foreach (var user in _users)
                foreach (var copy in CopiesOf(room, user).Where(copy => copy.Original == message)) copy.MayBeReceived = true;
            return BeginLine(RequestKind.Delete, connection, session.User, session, null);
        }
    }

    private void JudgeRoomCount(
        RequestEntry request, UserEntry room, (long Read, int Unread, long Last) mine, int mostUnread, long marked, Moment now)
    {
        var (me, conversation) = (request.User, request.User.With(room));
        var joined = room.Room!.StatesSince(me, request.Begun).Max(state => state.Joined);
        var before = conversation.Markers.Where(m => m.When.IsBefore(request.Begun)).Select(m => m.Read).DefaultIfEmpty().Max();
        if (mine.Read < Math.Max(before, Math.Min(marked, room.Log.LastBefore(request.Begun)))
            || mine.Read > Math.Max(conversation.Asked, joined))
        {
            Accuse(Invariants.MarkerOnlyRises, $"the marker of {me.Name} in {room.Name} is {mine.Read}, after {before}, {marked} asked",
                WithFaults(new History().Add(request, now)));
            return;
        }
        conversation.Markers.Add((now, mine.Read));
        var (least, most) = CountUnread(
            room.Log.Between(mine.Read, mine.Last).Where(row => row.IsMessage && row.Sender != me), request.Begun, mostUnread);
        if (mine.Unread < Math.Min(least, mostUnread) || mine.Unread > Math.Min(most, mostUnread) || !IsLast(request, room, mine.Last))
            Accuse(Invariants.UnreadIsExact, $"{me.Name} is said to have {mine.Unread} unread messages in {room.Name} as of {mine.Last}, "
                + $"having read up to {mine.Read}; there are {least} to {most}",
                WithFaults(AddRows(new History().Add(request, now), room)));
    }

    private bool MayRead(RequestEntry request, UserEntry room, long log, Moment now)
    {
        if (room.Room is { } record && room.Log.Id == log
            && record.StatesSince(request.User, request.Begun).Any(state => state.IsMember)) return true;
        AccuseOfLeak(request, room, $"is read ({request.Kind}, log {log})", now);
        return false;
    }

    private void AccuseOfLeak(RequestEntry request, UserEntry room, string what, Moment now) =>
        Accuse(Invariants.NoReadWithoutMembership, $"{room.Name} {what}, by {request.User.Name}, who is not a member",
            WithFaults(AddWishes(new History().Add(request, now), room, request.User)));

    /// <summary>An answer must be right by one of the states that its user was in while it was under way.</summary>
    private void JudgeShown(RequestEntry request, UserEntry room, Moment now, Func<MemberState, string?> whatIsWrong)
    {
        var wrong = default(string);
        foreach (var state in room.Room!.StatesSince(request.User, request.Begun).Where(state => state.IsMember))
            if ((wrong = whatIsWrong(state)) is null) return;
        Accuse(Invariants.PagesLoseNothing, $"{room.Name}: {wrong}",
            WithFaults(AddRows(AddWishes(new History().Add(request, now), room, request.User), room)));
    }

    /// <summary>What is shown between two numbers must be what the state may see of it.</summary>
    private static string? WhatIsWrong(
        UserEntry room, MemberState state, LogEntry[] entries, long above, long upTo, Moment asked, Predicate<RowEntry> isShown)
    {
        var (last, shown) = (above, entries.Select(entry => entry.Number).ToHashSet());
        foreach (var entry in entries)
        {
            if (entry.Number <= last || entry.Number > upTo) return $"number {entry.Number} is shown after {last}, before {upTo}";
            if (!state.Visible.Contain(entry.Number)) return $"number {entry.Number} is shown, and may not be seen ({state.Visible})";
            if (!isShown(room.Log.Rows[(int)(last = entry.Number) - 1])) return $"number {entry.Number} is a deletion";
        }
        var missing = room.Log.Between(Math.Max(above, room.Log.Purged), upTo).FirstOrDefault(row => isShown(row)
            && state.Visible.Contain(row.Number) && row.MustBeSeen(asked) && !shown.Contains(row.Number));
        return missing is null ? null : $"number {missing.Number} is not shown between {above} and {upTo}";
    }

    /// <summary>Whether the page fits what was asked for, whatever it shows.</summary>
    private static string? WhatIsWrong(RoomPageRequest asked, RoomPage page) =>
        page.Entries.Length > asked.Limit ? $"a page has {page.Entries.Length} entries of at most {asked.Limit}"
        : asked.Kind == PageKind.After && page.Older is { } older && older != asked.Place ? "a page after a place begins elsewhere"
        : asked.Kind == PageKind.Before && page.Newer is { } newer && newer != asked.Place ? "a page before a place ends elsewhere"
        : page.Entries.Length == 0 && (asked.Kind == PageKind.After ? page.Newer : page.Older) is not null ? "an empty page is not the end"
        : asked.Kind == PageKind.Around && !Array.Exists(page.Entries, entry => entry.Number == asked.Place) ? "a page lacks its middle"
        : null;

    private static bool IsLast(RequestEntry request, UserEntry room, long last) =>
        last <= room.Log.Rows.Count && last >= room.Log.LastBefore(request.Begun);
}
