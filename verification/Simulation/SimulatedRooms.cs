using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Verification.Simulation;

/// <summary>The simulated database has no rooms: anyone who asks for one is told so, as they would be by the real one.</summary>
internal sealed class SimulatedRooms(SimulatedDatabase database, SimulatedProcess process) : IRooms
{
    private Tables Tables => database.Tables;

    public Task<RoomAdmission?> AdmitAsync(string sessionKey, string room) => RunAsync<RoomAdmission?>(
        () => Tables.LiveSession(sessionKey) is { User.AccountId: var account } ? new RoomAdmission(account, 0, RoomRole.Banned) : null);

    public Task<RoomOutcome> ChangeAsync(string sessionKey, RoomChange change) => change.Kind == RoomChangeKind.Create
        ? throw new NotSupportedException("Rooms are not simulated.")
        : RunAsync(() => new RoomOutcome(Tables.LiveSession(sessionKey) is null ? RoomResult.NoSession : RoomResult.NoSuchRoom, 0, 0));

    public Task<long?> FindDeletionAsync(string sessionKey, long log, long number) => RunAsync<long?>(() => null);

    public Task<Answer<StoredRoom>> FindAsync(string sessionKey, string room) => NoneAsync<StoredRoom>(sessionKey);

    public Task<Answer<IReadOnlyList<StoredRoom>>> ListAsync(string sessionKey, bool isMine, int limit, string after) =>
        RunAsync(() => Tables.LiveSession(sessionKey) is null
            ? NoAnswer.NoSession
            : new Answer<IReadOnlyList<StoredRoom>>([], NoAnswer.None));

    public Task<Answer<IReadOnlyList<StoredMember>>> ListMembersAsync(string sessionKey, string room, int limit, long after) =>
        NoneAsync<IReadOnlyList<StoredMember>>(sessionKey);

    public Task<Answer<StoredRoomPage>> ReadPageAsync(string sessionKey, RoomPageQuery request) => NoneAsync<StoredRoomPage>(sessionKey);

    public Task<Answer<StoredPart>> ReadLogAsync(string sessionKey, string epoch, long log, long after, int limit) =>
        NoneAsync<StoredPart>(sessionKey);

    public Task<Answer<StoredRoom>> MarkReadAsync(string sessionKey, string epoch, string room, long upTo) =>
        NoneAsync<StoredRoom>(sessionKey);

    public Task<Answer<StoredRoom>> SetMutedAsync(string sessionKey, string room, bool isMuted) => NoneAsync<StoredRoom>(sessionKey);

    private Task<Answer<T>> NoneAsync<T>(string sessionKey) =>
        RunAsync<Answer<T>>(() => Tables.LiveSession(sessionKey) is null ? NoAnswer.NoSession : NoAnswer.NotFound);

    private Task<T> RunAsync<T>(Func<T> statement) => database.RunAsync(process, statement);
}
