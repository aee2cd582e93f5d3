using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Sessions;

// What a client sees of rooms: see IMemberGrain.
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
    /// <param name="sessionKey">The key of the session.</param>
    /// <param name="request">Which page.</param>
    /// <param name="log">The log that the place is a number of; null for the newest page.</param>
    public Task<Outcome<RoomPage>> ReadRoomPageAsync(string? sessionKey, RoomPageRequest request, long? log = null) =>
        AskMemberAsync(sessionKey, request.Room, async grain =>
        {
            var reply = await grain.ReadRoomPage(sessionKey!, request);
            // A room that was deleted, and made again under its name, has another log.
            return Own(log, reply.Value?.LogId ?? 0, reply);
        });

    /// <summary>Reads a room as a conversation, with its unread messages counted.</summary>
    public Task<Outcome<Conversation>> FindRoomConversationAsync(string? sessionKey, string room) => AskMemberAsync(
        sessionKey, room, grain => DescribeAsync(grain, sessionKey!, room, () => grain.FindRoom(sessionKey!, room)), calls: 2);

    /// <summary>Mutes a room, or no longer. It costs what a send costs.</summary>
    public Task<Outcome<Conversation>> SetRoomMutedAsync(string? sessionKey, string room, bool isMuted) => AskMemberAsync(
        sessionKey, room, grain => DescribeAsync(grain, sessionKey!, room, () => grain.SetRoomMuted(sessionKey!, room, isMuted)),
        Commit, calls: 2);

    /// <summary>Notes that everything of a room was read up to a number; it only rises.</summary>
    /// <param name="sessionKey">The key of the session.</param>
    /// <param name="epoch">The epoch in which the number was learned.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="upTo">The number.</param>
    /// <param name="log">The log that the client takes for the room's; if it is not, nothing is noted. Null where it names none.</param>
    public Task<Outcome<RoomInfo>> MarkRoomReadAsync(string? sessionKey, string epoch, string room, long upTo, long? log = null) =>
        AskMemberAsync(
            sessionKey, room,
            async grain =>
            {
                if (log is { } named && await grain.FindRoomOfLog(sessionKey!, epoch, named) is var (status, name) && name != room)
                    return new(name is null ? status : ConversationStatus.NotFound, null);
                return await grain.MarkRoomRead(sessionKey!, epoch, room, upTo);
            },
            calls: log is null ? 1 : 2);

    /// <summary>
    /// Lists the conversations with users that have messages, and the user's rooms, the one with the latest entry first.
    /// </summary>
    public Task<Outcome<ConversationList>> ListAllConversationsAsync(string? sessionKey, int limit, ListPlace? before) =>
        AskMemberAsync(sessionKey, null, grain => grain.ListConversations(sessionKey!, limit, before), calls: 2);

    /// <summary>Reads the entries of a room's log with higher numbers.</summary>
    public Task<Outcome<LogPart>> ReadRoomLogAsync(string? sessionKey, string epoch, long log, long after, int limit) =>
        AskMemberAsync(sessionKey, null, grain => grain.ReadRoomLog(sessionKey!, epoch, log, after, limit));

    /// <summary>Reads the entries of a log with higher numbers: of the user's inbox, received or not, or of a room.</summary>
    /// <param name="sessionKey">The key of the session.</param>
    /// <param name="epoch">The epoch in which the number was learned.</param>
    /// <param name="log">The log.</param>
    /// <param name="after">The number.</param>
    /// <param name="limit">At most this many.</param>
    public Task<Outcome<NamedPart>> ReadLogAsync(string? sessionKey, string epoch, long log, long after, int limit) =>
        ReadAsync<NamedPart>(sessionKey, async _ => await AskUserAsync<NamedPart>(sessionKey!, async (user, account) =>
        {
            if (log == account) return Named(await services.Grains.Conversations(user).ReadLog(sessionKey!, epoch, after, limit), null);
            client.Address.Charge(LinesPerRead);
            var (status, room) = await services.Grains.Member(user).FindRoomOfLog(sessionKey!, epoch, log);
            return room is null
                ? new(status, null)
                : Named(await services.Grains.Member(user).ReadRoomLog(sessionKey!, epoch, log, after, limit), room);
        }));

    /// <summary>
    /// Notes that everything in these logs up to these numbers has arrived, for good: in the user's inbox, and in rooms. If the user has
    /// one of them not, nothing is noted.
    /// </summary>
    /// <returns>The numbers up to which everything counts as received.</returns>
    public Task<Outcome<Positions>> ReceiveAsync(string? sessionKey, string epoch, Positions positions) =>
        ReadAsync<Positions>(sessionKey, async _ =>
        {
            client.Address.Charge(positions.Logs.Length - 1);
            return await AskUserAsync<Positions>(sessionKey!, async (user, account) =>
            {
                if (positions.Logs is not [var one] || one.LogId != account)
                    return await services.Grains.Member(user).ReceiveLogs(sessionKey!, epoch, positions);
                var (status, received) = await services.Grains.Conversations(user).Receive(sessionKey!, epoch, one.Number);
                return new(status, received is null ? null : new Positions([received]));
            });
        });

    private static ConversationReply<NamedPart> Named(ConversationReply<LogPart> reply, string? room) =>
        new(reply.Status, reply.Value is { } part ? new NamedPart(part, room) : null);

    // A room as a conversation. The last entry is read first, so that what is counted goes as far at least.
    private static async Task<ConversationReply<Conversation>> DescribeAsync(
        IMemberGrain grain, string sessionKey, string room, Func<Task<ConversationReply<RoomInfo>>> ask)
    {
        var page = await grain.ReadRoomPage(sessionKey, new RoomPageRequest(room, PageKind.Newest, 0, "", 1));
        if (page.Value is not { } newest) return new(page.Status, null);
        var (status, info) = await ask();
        if (info is not { Mine: { } mine }) return new(info is null ? status : ConversationStatus.NotFound, null);
        return new(ConversationStatus.Answered, new Conversation(
            RoomName.ToRecipient(room), info.Title, mine.LogId, newest.Entries.LastOrDefault(), mine.Unread, mine.Last, mine.Read,
            mine.IsMuted));
    }

    /// <summary>
    /// As for conversations: asks the grain of the session's user, or a room's. The statement that answers checks the session. Of
    /// several calls each costs a read.
    /// </summary>
    private Task<Outcome<T>> AskMemberAsync<T>(
        string? sessionKey, string? room, Func<IMemberGrain, Task<ConversationReply<T>>> ask, OutgoingMessage[]? sends = null,
        int calls = 1)
        where T : class =>
        ReadAsync<T>(sessionKey, async _ =>
        {
            if (room is not null && !RoomName.IsValid(room)) return Refusal.NotFound;
            client.Address.Charge((calls - 1) * LinesPerRead);
            return await AskUserAsync(sessionKey!, (user, _) => ask(services.Grains.Member(user)), sends);
        });
}

/// <summary>A part of a log.</summary>
/// <param name="Part">The part.</param>
/// <param name="Room">The name of the room whose log it is; null for the user's inbox.</param>
internal sealed record NamedPart(LogPart Part, string? Room);
