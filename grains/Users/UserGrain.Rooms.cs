using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Grains.Users;

// What the user sees of rooms. The database answers.
public sealed partial class UserGrain
{
    /// <inheritdoc/>
    public Task<ConversationReply<RoomInfo>> FindRoom(string sessionKey, string room) =>
        Ask(chatRooms.FindAsync(sessionKey, room), ToRoom);

    /// <inheritdoc/>
    public Task<ConversationReply<string>> FindRoomOfLog(string sessionKey, string epoch, long logId) =>
        Ask(chatRooms.FindNameAsync(sessionKey, epoch, logId), name => name);

    /// <inheritdoc/>
    public Task<ConversationReply<ConversationList>> ListConversations(string sessionKey, int limit, ListPlace? before) => Ask(
        chatRooms.ListConversationsAsync(sessionKey, Bounded(limit), ToPosition(before)),
        found => ToList(found.List) with { Rooms = ToPositions(found.Ends) });

    /// <inheritdoc/>
    public async Task<ConversationReply<Positions>> ReceiveLogs(string sessionKey, string epoch, Positions positions)
    {
        var asked = chatRooms.ReceiveAsync(sessionKey, epoch, ToNumbers(positions.Logs));
        var reply = await Ask(asked, received => new Positions(ToPositions(received)));
        foreach (var (log, number) in reply.Value?.Logs ?? [])
            if (_appender?.AccountId == log) _appender.Received(number);
        return reply;
    }

    /// <inheritdoc/>
    public Task<ConversationReply<RoomInfo[]>> ListRooms(string sessionKey, bool isMine, int limit, string after) =>
        Ask(chatRooms.ListAsync(sessionKey, isMine, BoundedWithNext(limit), after), found => (RoomInfo[])[.. found.Select(ToRoom)]);

    /// <inheritdoc/>
    public Task<ConversationReply<RoomMember[]>> ListMembers(string sessionKey, string room, int limit, long after) => Ask(
        chatRooms.ListMembersAsync(sessionKey, room, BoundedWithNext(limit), after),
        members => (RoomMember[])[.. members.Select(m => new RoomMember(m.AccountId, m.Name, m.DisplayName, (MemberRole)m.Role))]);

    /// <inheritdoc/>
    public Task<ConversationReply<RoomPage>> ReadRoomPage(string sessionKey, RoomPageRequest request) => Ask(
        chatRooms.ReadPageAsync(
            sessionKey,
            new RoomPageQuery(request.Room, (PageSide)request.Kind, request.Place, request.Epoch, Bounded(request.Limit))),
        page => new RoomPage(page.Epoch, page.LogId, [.. page.Entries.Select(ToEntry)], page.Older, page.Newer));

    /// <inheritdoc/>
    public Task<ConversationReply<LogPart>> ReadRoomLog(string sessionKey, string epoch, long log, long after, int limit) => Ask(
        chatRooms.ReadLogAsync(sessionKey, epoch, log, after, Bounded(limit)),
        part => new LogPart([.. part.Entries.Select(ToEntry)], part.Last, part.First));

    /// <inheritdoc/>
    public async Task<ConversationReply<RoomInfo>> MarkRoomRead(string sessionKey, string epoch, string room, long upTo)
    {
        var reply = await Ask(chatRooms.MarkReadAsync(sessionKey, epoch, room, upTo), ToRoom);
        if (reply.Value?.Mine is { } mine) MarkerMoved(RoomName.ToRecipient(room), mine.LogId, mine.Read, mine.Unread, mine.Last);
        return reply;
    }

    /// <inheritdoc/>
    public Task<ConversationReply<RoomInfo>> SetRoomMuted(string sessionKey, string room, bool isMuted) =>
        Ask(chatRooms.SetMutedAsync(sessionKey, room, isMuted), ToRoom);

    // One more than is shown tells whether more follow.
    private static int BoundedWithNext(int limit) => Math.Clamp(limit, 1, MostAtOnce + 1);

    private static Position[] ToPositions(IReadOnlyList<LogNumber> numbers) =>
        [.. numbers.Select(number => new Position(number.LogId, number.Number))];

    private static LogNumber[] ToNumbers(Position[] positions) =>
        Array.ConvertAll(positions, position => new LogNumber(position.LogId, position.Number));

    private static RoomInfo ToRoom(StoredRoom room) => new(
        room.Epoch, room.Name, room.Title, room.IsPublic, room.ShowsAll, room.Members,
        room.Mine is { } mine
            ? new RoomMembership(
                mine.LogId, (MemberRole)mine.Role, mine.Joined, mine.Received, mine.Read, mine.IsMuted, mine.Last, mine.Unread)
            : null);
}
