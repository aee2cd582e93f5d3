using System.Collections.Concurrent;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Verification.Variants;

/// <summary>The rooms, with the fault of a <see cref="Variant"/>.</summary>
internal sealed class BrokenRooms(IRooms rooms, Variant variant) : IRooms
{
    private readonly ConcurrentDictionary<(string Session, string Room), RoomAdmission> _admitted = [];
    private readonly ConcurrentDictionary<(string Session, string Room), StoredRoomPage> _read = [];

    public async Task<RoomAdmission?> AdmitAsync(string sessionKey, string room)
    {
        if (_admitted.TryGetValue((sessionKey, room), out var admitted)) return admitted;
        var admission = await rooms.AdmitAsync(sessionKey, room);
        if (variant == Variant.RememberMembers && admission is { MayWrite: true } yes) _admitted[(sessionKey, room)] = yes;
        return admission;
    }

    public Task<RoomOutcome> ChangeAsync(string sessionKey, RoomChange change) => rooms.ChangeAsync(sessionKey, change);

    public Task<long?> FindDeletionAsync(string sessionKey, long log, long number) => rooms.FindDeletionAsync(sessionKey, log, number);

    public Task<Answer<StoredRoom>> FindAsync(string sessionKey, string room) => rooms.FindAsync(sessionKey, room);

    public Task<Answer<IReadOnlyList<StoredRoom>>> ListAsync(string sessionKey, bool isMine, int limit, string after) =>
        rooms.ListAsync(sessionKey, isMine, limit, after);

    public Task<Answer<IReadOnlyList<StoredMember>>> ListMembersAsync(string sessionKey, string room, int limit, long after) =>
        rooms.ListMembersAsync(sessionKey, room, limit, after);

    public async Task<Answer<StoredRoomPage>> ReadPageAsync(string sessionKey, RoomPageQuery request)
    {
        var answer = await rooms.ReadPageAsync(sessionKey, request);
        if (variant != Variant.ReadAfterRemoval) return answer;
        if (answer.Value is { } page) _read[(sessionKey, request.Room)] = page;
        return answer.Reason == NoAnswer.NotFound && _read.TryGetValue((sessionKey, request.Room), out var before) ? before : answer;
    }

    public Task<Answer<StoredPart>> ReadLogAsync(string sessionKey, string epoch, long log, long after, int limit) =>
        rooms.ReadLogAsync(sessionKey, epoch, log, after, limit);

    public Task<Answer<StoredRoom>> MarkReadAsync(string sessionKey, string epoch, string room, long upTo) =>
        rooms.MarkReadAsync(sessionKey, epoch, room, upTo);

    public Task<Answer<StoredRoom>> SetMutedAsync(string sessionKey, string room, bool isMuted) =>
        rooms.SetMutedAsync(sessionKey, room, isMuted);

    public Task<Answer<string>> FindNameAsync(string sessionKey, string epoch, long log) => rooms.FindNameAsync(sessionKey, epoch, log);

    public Task<Answer<StoredOverview>> ListConversationsAsync(string sessionKey, int limit, ListPosition? before) =>
        rooms.ListConversationsAsync(sessionKey, limit, before);

    public async Task<Answer<IReadOnlyList<LogNumber>>> ReceiveAsync(string sessionKey, string epoch, IReadOnlyList<LogNumber> logs)
    {
        if (variant != Variant.ReceiveOneLog) return await rooms.ReceiveAsync(sessionKey, epoch, logs);
        var answer = await rooms.ReceiveAsync(sessionKey, epoch, [.. logs.Take(1)]);
        return answer.Value is { } first ? new Answer<IReadOnlyList<LogNumber>>([.. first, .. logs.Skip(1)], NoAnswer.None) : answer;
    }
}
