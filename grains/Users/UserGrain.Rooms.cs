using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
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
    public Task<ConversationReply<RoomInfo[]>> ListRooms(string sessionKey, bool isMine, int limit, string after) =>
        Ask(chatRooms.ListAsync(sessionKey, isMine, Bounded(limit), after), found => (RoomInfo[])[.. found.Select(ToRoom)]);

    /// <inheritdoc/>
    public Task<ConversationReply<RoomMember[]>> ListMembers(string sessionKey, string room, int limit, long after) => Ask(
        chatRooms.ListMembersAsync(sessionKey, room, Bounded(limit), after),
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
    public Task<ConversationReply<RoomInfo>> MarkRoomRead(string sessionKey, string epoch, string room, long upTo) =>
        Ask(chatRooms.MarkReadAsync(sessionKey, epoch, room, upTo), ToRoom);

    /// <inheritdoc/>
    public Task<ConversationReply<RoomInfo>> SetRoomMuted(string sessionKey, string room, bool isMuted) =>
        Ask(chatRooms.SetMutedAsync(sessionKey, room, isMuted), ToRoom);

    private static LogNumber[] ToNumbers(Position[] positions) =>
        Array.ConvertAll(positions, position => new LogNumber(position.LogId, position.Number));

    private static RoomInfo ToRoom(StoredRoom room) => new(
        room.Epoch, room.Name, room.Title, room.IsPublic, room.ShowsAll, room.Members,
        room.Mine is { } mine
            ? new RoomMembership(
                mine.LogId, (MemberRole)mine.Role, mine.Joined, mine.Received, mine.Read, mine.IsMuted, mine.Last, mine.Unread)
            : null);
}
