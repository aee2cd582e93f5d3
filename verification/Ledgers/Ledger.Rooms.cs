using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Verification.Ledgers;

/// <summary>Knows who is in a room, and judges who writes to it, changes it, and is handed what was said there.</summary>
internal sealed partial class Ledger
{
    /// <summary>Records that a room was committed to the database, in which nobody is yet.</summary>
    public void RoomCreated(UserEntry room, bool isPublic, bool showsAll)
    {
        lock (_gate)
        {
            // Numbers and markers of a former room of this name are those of another log.
            room.Log = new LogRecord();
            foreach (var user in _users) user.With(room).Markers.Clear();
            foreach (var user in _users)
            {
                var conversation = user.With(room);
                (conversation.Asked, conversation.Said, conversation.SaidAndDone) = (0, 0, default);
            }
            room.Room = new RoomRecord { IsPublic = isPublic, ShowsAll = showsAll };
            room.Room.Kinds.Add((Now(), isPublic));
        }
    }

    /// <summary>Records what a room has become; its entry was told before.</summary>
    public void RoomSet(UserEntry room, bool isPublic, bool showsAll)
    {
        lock (_gate)
        {
            var record = room.Room!;
            if (isPublic && !record.IsPublic) record.ShownAfter = room.Log.Rows.Count - 1;
            (record.IsPublic, record.ShowsAll) = (isPublic, showsAll);
            record.Kinds.Add((Now(), isPublic));
        }
    }

    /// <summary>Records that a room was deleted.</summary>
    public void RoomDeleted(UserEntry room)
    {
        lock (_gate)
        {
            var record = room.Room!;
            record.Deleted = Now();
            record.Kinds.Add((record.Deleted.Value, false));
            foreach (var (user, _) in record.Members.ToList())
            {
                record.Leave(user, isBanned: false, room.Log.Rows.Count, Now());
                IsNow(room, user, MemberRole.Banned);
            }
        }
    }

    /// <summary>Records that an operator is about to make a user something in a room, or nothing.</summary>
    public WishEntry BeginMembership(UserEntry room, UserEntry user, MemberRole role)
    {
        lock (_gate)
        {
            if (role == MemberRole.Banned) ExcuseCopies(room, user);
            return BeginWish(room, user, (int)role, Now());
        }
    }

    /// <summary>Judges the succession, when all of a change was told: somebody is the owner where somebody can be.</summary>
    public void RoomChanged(UserEntry room)
    {
        lock (_gate)
        {
            var members = room.Room!.Members.Select(member => member.State.Role).ToList();
            if (members.Exists(role => role >= MemberRole.Member) && !members.Contains(MemberRole.Owner))
                Accuse(Invariants.RolesHold, $"{room.Name} has members and no owner", WithFaults(AddRows(new History(), room)));
        }
    }

    private void JudgeInRoom(UserEntry room, RoomRecord record, RowEntry row)
    {
        if (WhatIsNotAllowed(room, record, row) is { } what)
            Accuse(Invariants.RolesHold, $"number {row.Number} of {room.Name}, {row.Kind} of {row.Sender.Name}: {what}",
                WithFaults(AddRows(new History(), room)));
        if (row.User is not { } user) return;
        var role = Enum.TryParse<MemberRole>(row.Text, ignoreCase: true, out var named) ? named : MemberRole.Banned;
        if (row.Kind == EntryKind.Joined) record.Enter(user, role, row.Number, isFounder: row.Number == 1, row.Stored);
        else if (role > MemberRole.Banned) record.GiveRole(user, role, row.Stored);
        else record.Leave(user, row.Kind != EntryKind.Left && (row.Kind == EntryKind.Role || record.IsPublic), row.Number, row.Stored);
        IsNow(room, user, role);
    }

    /// <summary>By the roles that everybody had when the row was stored.</summary>
    private static string? WhatIsNotAllowed(UserEntry room, RoomRecord record, RowEntry row)
    {
        // An operator, or the rule of succession.
        if (row.Sender == UserEntry.Nobody) return null;
        // A deletion has no number: what was under way then is stored, and goes with the room. What was not is barred.
        if (record.Deleted is not null) return null;
        var sender = record.StateOf(row.Sender).Role;
        var user = row.User is null ? MemberState.Outside : record.StateOf(row.User);
        var isSelf = row.User == row.Sender;
        var given = Enum.TryParse<MemberRole>(row.Text, ignoreCase: true, out var role) ? role : MemberRole.Banned;
        return row.Kind switch
        {
            EntryKind.Message => sender < MemberRole.Member ? $"it is sent by a {sender}" : null,
            EntryKind.Deleted => sender >= MemberRole.Moderator
                || (sender >= MemberRole.Reader && room.Log.Rows[(int)row.Target! - 1].Sender == row.Sender)
                    ? null
                    : "a message of somebody else is deleted",
            EntryKind.Joined when row.Number == 1 => isSelf && given == MemberRole.Owner ? null : "its founder is not the owner",
            EntryKind.Joined when user.IsMember => "a member joins",
            EntryKind.Joined when isSelf => record.IsPublic && user.HasLeft && given == MemberRole.Member ? null : "nobody let them in",
            EntryKind.Joined or EntryKind.Role when sender == MemberRole.Owner => null,
            EntryKind.Joined or EntryKind.Role => sender == MemberRole.Moderator && given < MemberRole.Moderator
                && (user.Role < MemberRole.Moderator || isSelf) ? null : $"a {sender} makes a {user.Role} a {given}",
            EntryKind.Left => isSelf && user.IsMember ? null : "somebody leaves who is not there",
            EntryKind.Removed => user.IsMember && (sender == MemberRole.Owner
                || (sender == MemberRole.Moderator && user.Role < MemberRole.Moderator)) ? null : $"a {sender} removes a {user.Role}",
            _ => sender == MemberRole.Owner ? null : $"a {sender} sets it",
        };
    }

    /// <summary>Records what is certain from now on.</summary>
    private void IsNow(UserEntry room, UserEntry user, MemberRole role)
    {
        if (LearnsLate) return;
        if (role == MemberRole.Banned) ExcuseCopies(room, user);
        BeginWish(room, user, (int)role, Now()).Done = Now();
    }

    /// <summary>What was not received when a membership ends never is.</summary>
    private static void ExcuseCopies(UserEntry room, UserEntry user)
    {
        foreach (var copy in CopiesOf(room, user)) copy.MayBeReceived = true;
    }

    private static IEnumerable<MessageEntry> CopiesOf(UserEntry room, UserEntry user) => user.Incoming
        .Where(stream => stream.Room == room).SelectMany(stream => stream.Live.Values);

    /// <summary>A message was acknowledged: who was a member since before it was sent, and still is, must be handed it.</summary>
    private void ShareOut(MessageEntry message, Moment now)
    {
        var room = message.Stream.Recipient;
        foreach (var member in _users)
        {
            if (member == message.Stream.Sender || !IsCertain(room, member, IsMember, message.Begun)) continue;
            if (CopyOf(message, member) is not { Acknowledged: null } copy) continue;
            copy.Acknowledged = now;
            copy.MayBeReceived |= message.MayBeReceived;
            if (copy.Received is null) member.Backlog++;
        }
    }

    /// <summary>Finds a member's copy of a message of a room that is shown to them, and judges whether they may see it.</summary>
    private MessageEntry? FindCopy(RequestEntry request, StreamEntry stream, int sequence, Moment now)
    {
        var (room, reader, message) = (stream.Recipient, request.User, stream.Live[sequence]);
        var wishes = room.With(reader).Wishes;
        var before = message.Acknowledged is { } sent ? wishes.FindAll(wish => wish.Begun.IsBefore(sent)) : null;
        if (IsCertain(room, reader, state => !IsMember(state), request.Begun)) Tell("is handed over to somebody who is not a member");
        else if (before is not null && IsCertain(before, state => !IsMember(state), message.Begun))
            Tell("is handed over to somebody who was not a member when it was sent");
        else if (message.Row is { } row && room.Room is { } record
            && !record.StatesSince(reader, request.Begun).Any(state => state.IsMember && row.Number > state.Joined))
            Tell($"with number {row.Number}, is handed over to somebody who joined later");
        if (CopyOf(message, reader) is { } copy) return copy;
        Accuse(Invariants.OnceEach, $"{History.Name(message)} came again long after it was received", new History().Add(request, now));
        return null;

        void Tell(string what) => Accuse(Invariants.NoReadWithoutMembership, $"{History.Name(message)} of {room.Name} {what}",
            WithFaults(AddWishes(new History().Add(message).Add(request, now), room, reader)));
    }

    /// <summary>A member's copy, made if there never was one; null if it was received long ago.</summary>
    private MessageEntry? CopyOf(MessageEntry message, UserEntry member)
    {
        var original = message.Stream;
        if (!original.Copies.TryGetValue(member, out var copies))
        {
            var stream = new StreamEntry(_streams.Count, original.Sender, member, original.Connection) { Room = original.Recipient };
            _streams.Add(stream);
            member.Incoming.Add(stream);
            original.Copies[member] = copies = (stream, []);
        }
        if (copies.Stream.Live.TryGetValue(message.Sequence, out var copy)) return copy;
        if (!copies.Known.Add(message.Sequence)) return null;
        copy = copies.Stream.Live[message.Sequence] = new MessageEntry(copies.Stream, message.Sequence, null, message.Begun)
        {
            Original = message,
        };
        // The member may have read it in the log, and said so, before its sender was answered.
        var said = member.With(original.Recipient);
        if (message.Row?.Number <= said.Said) copy.MayBeReceived = true;
        if (message.Row?.Number <= said.SaidAndDone.Number) Receive(copy, said.SaidAndDone.When);
        return copy;
    }

    private static bool IsMember(int state) => state >= (int)MemberRole.Reader;

    private static History AddRows(History history, UserEntry room)
    {
        foreach (var row in room.Log.Rows.Where(row => row.Kind > EntryKind.Deleted).TakeLast(8))
            history.Add(row.Stored, $"{row.Number} of {room.Name}: {row.Kind} {row.User?.Name} {row.Text}, by '{row.Sender.Name}'");
        return history;
    }
}
