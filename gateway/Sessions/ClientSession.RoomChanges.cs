using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Sessions;

// What a client does with rooms: see IRoomGrain. Sends go to a room as to a user.
internal sealed partial class ClientSession
{
    // A name that is not valid is answered as one that nobody has, after the room was looked for.
    private const string NobodysName = "-";

    // To make a room or to delete one costs the account ten permits, as a text of that length does: of each, something is kept for a while.
    private static readonly OutgoingMessage[] TenCommits = [new(default, "", new byte[9 << 12], null)];

    /// <summary>Makes a request for a change of a room, with a new id, under which it may be repeated.</summary>
    public RoomChangeRequest NewChange(RoomAction action) => new(MessageId.New(services.Time.GetUtcNow()), action);

    /// <summary>
    /// Changes a room, or who is in it; the change is durable when this has returned. It costs what a send costs; to make or to delete a
    /// room costs ten.
    /// </summary>
    public Task<Outcome<RoomChangeReply>> ChangeRoomAsync(string? sessionKey, string room, RoomChangeRequest request)
    {
        var sends = request.Action is RoomAction.Create or RoomAction.Delete ? TenCommits : Commit;
        return ChangeRoomAsync(
            sessionKey, room, request.Action == RoomAction.Create, sends,
            (grain, me) => grain.Change(sessionKey!, request.Action == RoomAction.Remove && request.User == me
                ? request with { Action = RoomAction.Leave, User = null }
                : WithValidUser(request)),
            about: request.User);
    }

    /// <summary>
    /// Has a user be a member of a room, with a role: somebody else is added, or given that role where they are a member already; the
    /// session's owner joins, or is given the role.
    /// </summary>
    /// <param name="sessionKey">The key of the session.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="user">The user's name.</param>
    /// <param name="role">The role; null for that which they have, or else <see cref="MemberRole.Member"/>.</param>
    public Task<Outcome<RoomChangeReply>> PutMemberAsync(string? sessionKey, string room, string user, MemberRole? role)
    {
        var join = NewChange(RoomAction.Join);
        var add = WithValidUser(NewChange(RoomAction.Add) with { User = user, Role = role ?? MemberRole.Member });
        var setRole = add with { Id = NewChange(RoomAction.SetRole).Id, Action = RoomAction.SetRole };
        return ChangeRoomAsync(
            sessionKey, room, isNew: false, Commit,
            (grain, me) => role is not null
                ? SetRoleOrAddAsync(grain, sessionKey!, setRole, add)
                : grain.Change(sessionKey!, user == me ? join : add),
            calls: role is null ? 1 : 3,
            about: user);
    }

    /// <summary>Deletes a message of a room that the user wrote, or any as a moderator.</summary>
    /// <returns>The number of the entry that says so.</returns>
    public Task<Outcome<Position>> DeleteInRoomAsync(string? sessionKey, string epoch, string room, long number)
    {
        var id = MessageId.New(services.Time.GetUtcNow());
        return AskMemberAsync(sessionKey, room, _ => services.Grains.Room(room).Delete(sessionKey!, epoch, number, id), Commit);
    }

    /// <summary>Deletes a message from a log as its entries name it: one that the user wrote, or in a room any as a moderator.</summary>
    /// <returns>The number of the entry that says so.</returns>
    public async Task<Outcome<Position>> DeleteAsync(string? sessionKey, string epoch, long log, long number)
    {
        var owner = await AskAsync(sessionKey, null, grain => grain.FindOwner(sessionKey!, epoch, log));
        if (owner.TryGet(out var recipient, out var refusal)) return await DeleteAsync(sessionKey, epoch, recipient, number);
        if (refusal != Refusal.NotFound) return refusal;
        var found = await AskMemberAsync(sessionKey, null, grain => grain.FindRoomOfLog(sessionKey!, epoch, log));
        return found.TryGet(out var room, out refusal) ? await DeleteInRoomAsync(sessionKey, epoch, room, number) : refusal;
    }

    // Each change is made once under its id, and one that was refused may be tried again under it.
    private static async Task<RoomChangeReply> SetRoleOrAddAsync(
        IRoomGrain grain, string sessionKey, RoomChangeRequest setRole, RoomChangeRequest add)
    {
        var set = await grain.Change(sessionKey, setRole);
        if (set.Status != RoomChangeStatus.NotAMember) return set;
        var added = await grain.Change(sessionKey, add);
        if (added.Status != RoomChangeStatus.Done) return added;
        // Somebody else may have added them meanwhile, with another role.
        var again = await grain.Change(sessionKey, setRole);
        return again is { Status: RoomChangeStatus.Done, Number: 0 } or { Status: RoomChangeStatus.NotAMember } ? added : again;
    }

    private static RoomChangeRequest WithValidUser(RoomChangeRequest request) =>
        request.User is { } user && !UserName.IsValid(user) ? request with { User = NobodysName } : request;

    /// <summary>Asks the grain of a room for changes, which may be asked again, and pays for them with permits.</summary>
    /// <param name="sessionKey">The key of the session.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="isNew">Whether it is the name of a new room.</param>
    /// <param name="sends">What takes as many permits.</param>
    /// <param name="change">Asks for the changes; it is told the name of the session's owner.</param>
    /// <param name="calls">How many changes it asks for at most; each costs a read.</param>
    /// <param name="about">Whose membership it is about; null for that of the session's owner.</param>
    private Task<Outcome<RoomChangeReply>> ChangeRoomAsync(
        string? sessionKey, string room, bool isNew, OutgoingMessage[] sends, Func<IRoomGrain, string, Task<RoomChangeReply>> change,
        int calls = 1, string? about = null) =>
        ReadAsync<RoomChangeReply>(sessionKey, async _ =>
        {
            if (!RoomName.IsValid(room)) return isNew ? Refusal.BadRoomName : Refusal.NotFound;
            client.Address.Charge((calls - 1) * LinesPerRead);
            var session = SessionOf(sessionKey!);
            var use = default(SessionUse);
            var unpaid = sends;
            // Null where permits are missing.
            var reply = await RepeatAsync<RoomChangeReply?>(
                async _ =>
                {
                    (use, var permitted) = await session.UseAsync(unpaid);
                    if (use.User is not { } user) return new RoomChangeReply(RoomChangeStatus.NoSession, 0, 0);
                    if (permitted < unpaid.Length) return null;
                    unpaid = [];
                    return await change(services.Grains.Room(room), user);
                },
                isUnknown: reply => reply?.Status == RoomChangeStatus.Unavailable);
            if (reply is null)
            {
                services.Metrics.Hit(LimitNames.Sends);
                return Refusal.TooMany;
            }
            // Errors of form are found before the session is asked for.
            if (reply.Status >= RoomChangeStatus.BadName && !await session.Grain.IsAlive())
                reply = reply with { Status = RoomChangeStatus.NoSession };
            if (reply.Status == RoomChangeStatus.NoSession) use = default;
            if (reply.Status != RoomChangeStatus.Unavailable) await UsedAsync(session, use);
            if (reply.Status == RoomChangeStatus.Done && (about ?? use.User) is { } member)
                TellLater(member, new UserNotice(member, NoticeKind.Rooms));
            return Refusals.Of(reply.Status) is { } refused ? refused : reply;
        });
}
