using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Verification.Ledgers;

/// <summary>Judges what only HTTP says: where a message is stored, which sessions there are. Knows what clients wish to change.</summary>
internal sealed partial class Ledger
{
    /// <summary>The most sessions that a list shows.</summary>
    private const int MostSessions = 100;

    /// <summary>Judges the answer that a message is stored: it is there, in its place, and was stored once.</summary>
    /// <param name="request">The request.</param>
    /// <param name="log">The log that was named.</param>
    /// <param name="number">The number there.</param>
    /// <param name="sentAt">When it was accepted.</param>
    /// <param name="isRepeated">Whether an earlier request is said to have stored it.</param>
    public void Placed(RequestEntry request, long log, long number, DateTimeOffset sentAt, bool isRepeated)
    {
        lock (_gate)
        {
            var (now, message) = (Now(), request.Message!);
            if (message.ReusesId) return;
            var owner = message.Stream.Recipient;
            var row = owner.Log.Id == log ? owner.Log.Rows.ElementAtOrDefault((int)number - 1) : null;
            var isThere = row is not null && row.Sender == request.User && IsTimeOf(sentAt, row)
                && (row.Text == TextOf(message) + "\r\n" || row.Deleted is not null) && (message.Row is null || message.Row == row);
            // A log of a room that was deleted since is not known any more.
            if (!isThere && !(owner.IsRoom && (owner.Log.Id != log || owner.Room?.Deleted is not null)))
                Accuse(Invariants.AcknowledgedIsDurable,
                    $"{History.Name(message)} is said to be number {number} of log {log}, of {sentAt:O}, where it is not",
                    WithFaults(new History().Add(message).Add(request, now)));
            if (!isRepeated && message.Acknowledged is { } acknowledged && acknowledged.IsBefore(request.Begun))
                Accuse(Invariants.OnceEach, $"{History.Name(message)} is said to be stored by a repetition, after it was acknowledged",
                    WithFaults(new History().Add(message).Add(request, now)));
            if (isRepeated && message.Attempts == 1)
                Accuse(Invariants.OnceEach, $"{History.Name(message)} is said to repeat an earlier request, and there was none",
                    WithFaults(new History().Add(message).Add(request, now)));
        }
    }

    /// <summary>A session of the user that can be used; null if there is none.</summary>
    /// <param name="user">The user.</param>
    /// <param name="which">Any number; it picks one of them.</param>
    /// <param name="other">A session that is not meant.</param>
    public SessionEntry? PickSession(UserEntry user, int which, SessionEntry? other = null)
    {
        lock (_gate)
        {
            var usable = user.Sessions.FindAll(session => session.IsUsable && session.LogoutTried is null && session != other);
            return usable.Count == 0 ? null : usable[(int)((uint)which % (uint)usable.Count)];
        }
    }

    /// <summary>Records that a session is about to end another one of its user.</summary>
    public RequestEntry BeginEndSession(ConnectionEntry connection, SessionEntry session, SessionEntry target)
    {
        lock (_gate)
        {
            var request = BeginLine(RequestKind.EndSession, connection, session.User, session, null, target);
            target.LogoutTried ??= request.Begun;
            return request;
        }
    }

    /// <summary>Judges the answer that a session has ended, or that there is none: either way its token opens nothing.</summary>
    public void SessionEnded(RequestEntry request, bool wasThere)
    {
        lock (_gate)
        {
            var (now, target) = (Now(), request.Target!);
            if (!wasThere && target.Out is null && target.LogoutTried == request.Begun)
                Accuse(Invariants.SessionKept, "a session is said not to exist, though nobody ended it",
                    WithFaults(new History().Add(target).Add(request, now)));
            EndSession(target, now);
        }
    }

    /// <summary>Judges the list of a user's sessions.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ids">The ids that are listed.</param>
    /// <param name="current">The id of the one that asks, as it is said.</param>
    public void SessionsListed(RequestEntry request, IReadOnlyList<string> ids, string? current)
    {
        lock (_gate)
        {
            var (now, user) = (Now(), request.User);
            if (current != request.Session!.Id)
                Accuse(Invariants.ReplyForm, "the list of sessions does not name the one that asks", new History().Add(request, now));
            foreach (var id in ids)
                if (user.EndedSessions.TryGetValue(id, out var ended) && ended.IsBefore(request.Begun))
                    Accuse(Invariants.LoggedOutOpensNothing, $"a session of {user.Name} is listed after it has ended",
                        WithFaults(new History().Add(ended, "a session ended for certain").Add(request, now)));
            if (ids.Count >= MostSessions) return;
            foreach (var session in user.Sessions)
                if (session is { IsUsable: true, LogoutTried: null } && session.LoggedIn.IsBefore(request.Begun)
                    && !ids.Contains(session.Id!))
                    Accuse(Invariants.SessionKept, $"{session.Name} is not in the list of {user.Name}'s sessions",
                        WithFaults(new History().Add(session).Add(request, now)));
        }
    }

    /// <summary>Records that a change of a room is about to be asked for, where nobody tells of it at once.</summary>
    /// <returns>What will be so if it is made.</returns>
    public IReadOnlyList<(UserEntry User, WishEntry Wish)> BeginChange(UserEntry room, UserEntry by, RoomChangeRequest change)
    {
        lock (_gate)
        {
            return change.Action switch
            {
                RoomAction.Create => [Wish(by, MemberRole.Owner)],
                RoomAction.Join => Enter(by),
                RoomAction.Add => Enter(_usersByName[change.User!]),
                RoomAction.SetRole => [Wish(_usersByName[change.User!], change.Role)],
                RoomAction.Leave => [Wish(by, MemberRole.Banned)],
                RoomAction.Remove => [Wish(_usersByName[change.User!], MemberRole.Banned)],
                RoomAction.Delete => [.. _users.ToList().Select(user => Wish(user, MemberRole.Banned))],
                _ => [],
            };

            // A member keeps their role, which may be a reader's: then it stays open whether they may write.
            (UserEntry User, WishEntry Wish)[] Enter(UserEntry user) =>
                IsCertain(room, user, state => !IsMember(state), Now())
                    ? [Wish(user, MemberRole.Member)]
                    : [Wish(user, MemberRole.Reader), Wish(user, MemberRole.Member)];

            (UserEntry User, WishEntry Wish) Wish(UserEntry user, MemberRole role)
            {
                if (role == MemberRole.Banned) ExcuseCopies(room, user);
                return (user, BeginWish(room, user, (int)role, Now()));
            }
        }
    }

    /// <summary>Whether there is or was a room, and what a user is in it, as far as was told.</summary>
    public (bool IsThere, bool IsGone, bool IsPublic, MemberRole Role) StandingIn(UserEntry room, UserEntry user)
    {
        lock (_gate)
            return room.Room is { } record
                ? (true, record.Deleted is not null, record.IsPublic, record.StateOf(user).Role)
                : (false, false, false, MemberRole.Banned);
    }

    /// <summary>Records that a change was refused: nothing will come of it.</summary>
    public void ChangeRefused(UserEntry room, IReadOnlyList<(UserEntry User, WishEntry Wish)> wishes)
    {
        lock (_gate)
            foreach (var (user, wish) in wishes) room.With(user).Wishes.Remove(wish);
    }
}
