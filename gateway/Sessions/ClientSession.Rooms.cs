using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Sessions;

// What a client sees of rooms, and does with them: see IMemberGrain and IRoomGrain. Sends go to a room as to a user.
internal sealed partial class ClientSession
{
    /// <summary>Reads what a room is; to somebody outside, a private one is not found.</summary>
    public Task<Outcome<RoomInfo>> FindRoomAsync(string? sessionKey, string room) =>
        AskMemberAsync(sessionKey, room, grain => grain.FindRoom(sessionKey!, room));

    /// <summary>Lists rooms by name: those of the user, or the public ones.</summary>
    public Task<Outcome<RoomInfo[]>> ListRoomsAsync(string? sessionKey, bool isMine, int limit, string after) =>
        AskMemberAsync(sessionKey, null, grain => grain.ListRooms(sessionKey!, isMine, limit, after));

    /// <summary>Lists the members of a room to one of them.</summary>
    public Task<Outcome<RoomMember[]>> ListMembersAsync(string? sessionKey, string room, int limit, long after) =>
        AskMemberAsync(sessionKey, room, grain => grain.ListMembers(sessionKey!, room, limit, after));

    /// <summary>Reads a page of a room.</summary>
    public Task<Outcome<RoomPage>> ReadRoomPageAsync(string? sessionKey, RoomPageRequest request) =>
        AskMemberAsync(sessionKey, request.Room, grain => grain.ReadRoomPage(sessionKey!, request));

    /// <summary>Reads the entries of a room's log with higher numbers.</summary>
    public Task<Outcome<LogPart>> ReadRoomLogAsync(string? sessionKey, string epoch, long log, long after, int limit) =>
        AskMemberAsync(sessionKey, null, grain => grain.ReadRoomLog(sessionKey!, epoch, log, after, limit));

    /// <summary>Notes that everything of a room was read up to a number; it only rises.</summary>
    public Task<Outcome<RoomInfo>> MarkRoomReadAsync(string? sessionKey, string epoch, string room, long upTo) =>
        AskMemberAsync(sessionKey, room, grain => grain.MarkRoomRead(sessionKey!, epoch, room, upTo));

    /// <summary>Mutes a room, or no longer.</summary>
    public Task<Outcome<RoomInfo>> SetRoomMutedAsync(string? sessionKey, string room, bool isMuted) =>
        AskMemberAsync(sessionKey, room, grain => grain.SetRoomMuted(sessionKey!, room, isMuted), Commit);

    /// <summary>Makes a request for a change of a room, with a new id, under which it may be repeated.</summary>
    public RoomChangeRequest NewChange(RoomAction action) => new(MessageId.New(services.Time.GetUtcNow()), action);

    /// <summary>Changes a room, or who is in it; the change is durable when this has returned.</summary>
    public Task<Outcome<RoomChangeReply>> ChangeRoomAsync(string? sessionKey, string room, RoomChangeRequest request) =>
        ReadAsync<RoomChangeReply>(sessionKey, async _ =>
        {
            if (!RoomName.IsValid(room)) return request.Action == RoomAction.Create ? Refusal.BadRoomName : Refusal.NotFound;
            if (request.User is { } user && !UserName.IsValid(user)) request = request with { User = NobodysName };
            var session = SessionOf(sessionKey!);
            var use = default(SessionUse);
            var reply = await RepeatAsync(
                async _ =>
                {
                    use = (await session.UseAsync([])).Use;
                    return use.User is null
                        ? new RoomChangeReply(RoomChangeStatus.NoSession, 0, 0)
                        : await services.Grains.Room(room).Change(sessionKey!, request);
                },
                isUnknown: reply => reply.Status == RoomChangeStatus.Unavailable);
            // Errors of form are found before the session is asked for.
            if (reply.Status >= RoomChangeStatus.BadName && !await session.Grain.IsAlive())
                reply = reply with { Status = RoomChangeStatus.NoSession };
            if (reply.Status == RoomChangeStatus.NoSession) use = default;
            if (reply.Status != RoomChangeStatus.Unavailable) await UsedAsync(session, use);
            return Refusals.Of(reply.Status) is { } refused ? refused : reply;
        });

    /// <summary>Deletes a message of a room that the user wrote, or any as a moderator.</summary>
    /// <returns>The number of the entry that says so.</returns>
    public Task<Outcome<Position>> DeleteInRoomAsync(string? sessionKey, string epoch, string room, long number)
    {
        var id = MessageId.New(services.Time.GetUtcNow());
        return AskMemberAsync(sessionKey, room, _ => services.Grains.Room(room).Delete(sessionKey!, epoch, number, id), Commit);
    }

    // A name that is not valid is answered as one that nobody has, after the room was looked for.
    private const string NobodysName = "-";

    /// <summary>
    /// As for conversations: asks the grain of the session's user, or a room's. The statement that answers checks the session.
    /// </summary>
    private Task<Outcome<T>> AskMemberAsync<T>(
        string? sessionKey, string? room, Func<IMemberGrain, Task<ConversationReply<T>>> ask, OutgoingMessage[]? sends = null)
        where T : class =>
        ReadAsync<T>(sessionKey, async _ =>
        {
            if (room is not null && !RoomName.IsValid(room)) return Refusal.NotFound;
            return await AskUserAsync(sessionKey!, (user, _) => ask(services.Grains.Member(user)), sends);
        });
}
