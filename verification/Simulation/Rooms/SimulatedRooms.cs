using OrleansChat.Limits;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Verification.Simulation.Rooms;

/// <summary>The statements of one process on the simulated database's rooms.</summary>
internal sealed class SimulatedRooms(SimulatedDatabase database, SimulatedProcess process) : IRooms
{
    private static readonly RoomLimits Limits = new();

    private Tables Tables => database.Tables;

    public Task<RoomAdmission?> AdmitAsync(string sessionKey, string room) => RunAsync(() => Tables.AdmitToRoom(sessionKey, room));

    public Task<RoomOutcome> ChangeAsync(string sessionKey, RoomChange change)
    {
        return database.SplitsChanges
            ? database.RunAsync(process, () => Begin(database.Now), End)
            : database.RunAsync(process, () => database.Now, began => End(Begin(began)));

        ChangingRoom Begin(DateTimeOffset began) => database.BeginChange(sessionKey, change, Limits, began);

        RoomOutcome End(ChangingRoom changing)
        {
            database.EndChange(changing, change);
            return changing.Outcome;
        }
    }

    public Task<long?> FindDeletionAsync(string sessionKey, long log, long number) =>
        RunAsync(() => Tables.FindDeletionInRoom(sessionKey, log, number));

    public Task<Answer<StoredRoom>> FindAsync(string sessionKey, string room) => RunAsync(() => Tables.FindRoom(sessionKey, room));

    public Task<Answer<IReadOnlyList<StoredRoom>>> ListAsync(string sessionKey, bool isMine, int limit, string after) =>
        RunAsync(() => Tables.ListRooms(sessionKey, isMine, limit, after));

    public Task<Answer<IReadOnlyList<StoredMember>>> ListMembersAsync(string sessionKey, string room, int limit, long after) =>
        RunAsync(() => Tables.ListMembers(sessionKey, room, limit, after));

    public Task<Answer<StoredRoomPage>> ReadPageAsync(string sessionKey, RoomPageQuery request) =>
        RunAsync(() => Tables.ReadRoomPage(sessionKey, request, database.MaxBytes));

    public Task<Answer<StoredPart>> ReadLogAsync(string sessionKey, string epoch, long log, long after, int limit) =>
        RunAsync(() => Tables.ReadRoomLog(sessionKey, epoch, log, after, limit, database.MaxBytes));

    // As in RoomStore, a change is one statement, and its answer another.
    public async Task<Answer<StoredRoom>> MarkReadAsync(string sessionKey, string epoch, string room, long upTo)
    {
        await RunAsync(() => Tables.MarkRoomRead(sessionKey, epoch, room, upTo));
        return await RunAsync(() => Tables.FindRoom(sessionKey, room) switch
        {
            { Value: null } no => no,
            { Value.Mine: null } => NoAnswer.NotFound,
            var found => epoch == Tables.Epoch ? found : NoAnswer.OtherEpoch,
        });
    }

    public async Task<Answer<StoredRoom>> SetMutedAsync(string sessionKey, string room, bool isMuted)
    {
        await RunAsync(() => Tables.SetRoomMuted(sessionKey, room, isMuted));
        return await RunAsync(() =>
            Tables.FindRoom(sessionKey, room) is var found && found is { Value.Mine: null } ? NoAnswer.NotFound : found);
    }

    public Task<Answer<string>> FindNameAsync(string sessionKey, string epoch, long log) => throw NotSimulated();

    public Task<Answer<StoredOverview>> ListConversationsAsync(string sessionKey, int limit, ListPosition? before) => throw NotSimulated();

    public Task<Answer<IReadOnlyList<LogNumber>>> ReceiveAsync(string sessionKey, string epoch, IReadOnlyList<LogNumber> logs) =>
        throw NotSimulated();

    // Only the HTTP door asks for these.
    private static NotSupportedException NotSimulated() => new("This is not simulated.");

    private Task<T> RunAsync<T>(Func<T> statement) => database.RunAsync(process, statement);

    private Task<bool> RunAsync(Action statement) => RunAsync(() =>
    {
        statement();
        return true;
    });
}
