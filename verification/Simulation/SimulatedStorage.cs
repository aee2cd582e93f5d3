using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Sessions;
using OrleansChat.Verification.Simulation.Host;

namespace OrleansChat.Verification.Simulation;

/// <summary>
/// The connections of one process to the simulated database, behind the interfaces of storage. The group-commit writer is the service's
/// own.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "It ends with its process, which does not end in order.")]
internal sealed partial class SimulatedStorage : IMailbox, ISessionTable, IGrainStateStore, IPasswordVerifier
{
    private readonly SimulatedDatabase _database;
    private readonly SimulatedProcess _process;
    private readonly MailboxWriter _writer;

    /// <summary>Creates the storage; call it in the process, where the writer's loop runs.</summary>
    public SimulatedStorage(SimulatedDatabase database, SimulatedProcess process)
    {
        (_database, _process) = (database, process);
        _writer = new MailboxWriter(
            OpenAsync, process.Time, NullLogger.Instance, TaskScheduler.FromCurrentSynchronizationContext());
    }

    private Tables Tables => _database.Tables;

    public Task<Appended> StoreAsync(MailboxGroup group) => _writer.StoreAsync(group);

    public Task<MailboxEnds> GetEndsAsync(long accountId) => RunAsync(() => Tables.Ends(accountId));

    public Task<long> CountUnreadAsync(long accountId, long? sender) => RunAsync(() => Tables.CountUnread(accountId, sender));

    public Task<Admission?> AdmitAsync(long accountId, string sessionKey) => RunAsync(() => Tables.Admit(accountId, sessionKey));

    public Task<long?> FindDeletionAsync(long accountId, string sessionKey, long number) =>
        RunAsync(() => Tables.FindDeletion(accountId, sessionKey, number));

    public Task<MailboxPart?> ReadAsync(
        long accountId, string sessionKey, long after, int maxBytes, IReadOnlyList<LogNumber>? rooms = null) =>
        RunAsync(() => Tables.ReadMailbox(accountId, sessionKey, after, _database.MaxBytes, rooms));

    public Task AdvanceAsync(long accountId, long position, IReadOnlyList<LogNumber>? rooms = null) =>
        ChangeAsync(() => Tables.Advance(accountId, position, rooms));

    public Task<ReceiptLookUp> FindReceiptAsync(long senderAccountId, string onceId) =>
        RunAsync(() => Tables.LookUpReceipt(senderAccountId, onceId));

    public Task<IReadOnlySet<string>> GetAliveAsync(IReadOnlyCollection<string> sessionKeys)
    {
        string[] keys = [.. sessionKeys];
        return RunAsync<IReadOnlySet<string>>(() => keys.Where(key => Tables.LiveSession(key) is not null).ToHashSet());
    }

    // Only administration and the expiry of sessions use these, and they are not simulated.
    public Task<IReadOnlyList<string>> GetDeadAsync(string userName) => throw new NotSupportedException();

    public Task<int> DeleteExpiredAsync(TimeSpan idle) => throw new NotSupportedException();

    public Task<StoredGrainState?> ReadAsync(string stateName, string grainKey, CancellationToken cancellationToken) =>
        RunAsync(() => Tables.Read(stateName, grainKey) is { } stored ? new StoredGrainState(stored.Payload, stored.Version) : null);

    public Task<int?> WriteAsync(
        string stateName, string grainKey, byte[] payload, int? expectedVersion, CancellationToken cancellationToken) =>
        RunAsync(() => Tables.Write(stateName, grainKey, payload, expectedVersion));

    public Task<bool> DeleteAsync(string stateName, string grainKey, int expectedVersion, CancellationToken cancellationToken) =>
        RunAsync(() => Tables.Delete(stateName, grainKey, expectedVersion));

    public async Task<PasswordVerdict?> VerifyAsync(string hash, string password, string address)
    {
        await Task.Delay(_database.Scheduler.Delay(TimeSpan.Zero, TimeSpan.FromMilliseconds(300)), _process.Time);
        return new PasswordVerdict(hash == password, null);
    }

    // Only owners who change their accounts use it, and they are not simulated.
    public Task<string?> HashInTurnAsync(string password, string address) => throw new NotSupportedException();

    private Task<T> RunAsync<T>(Func<T> statement) => _database.RunAsync(_process, statement);

    private async Task<IMailboxConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await RunAsync(() => true);
        return new Connection(_database, _process);
    }

    private sealed class Connection(SimulatedDatabase database, SimulatedProcess process) : IMailboxConnection
    {
        private readonly StoredNumbers _stored = new();

        public Commit LastCommit { get; private set; }

        public async Task<bool> TryInsertAsync(IReadOnlyList<PendingGroup> groups)
        {
            var copy = Copy(groups);
            var checks = Tables.ChecksOf(copy, _stored);
            var rows = default(List<NewRow>);
            var isStored = await database.RunAsync(
                process, () => rows = database.Tables.Accept(copy, checks, database.Now), _ => rows is not null && database.Commit(rows));
            if (!isStored) return false;
            _stored.BatchStored();
            LastCommit = new Commit(rows![0].AcceptedAt, Tables.Durability);
            return true;
        }

        public Task<List<MessageFacts>> JudgeAsync(IReadOnlyList<PendingGroup> groups)
        {
            var copy = Copy(groups);
            return database.RunAsync(process, () => database.Tables.Judge(copy, database.Now));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        // A statement may run after its caller has abandoned it and continues to use the groups.
        private static PendingGroup[] Copy(IReadOnlyList<PendingGroup> groups) =>
            [.. groups.Select(g => new PendingGroup(new MailboxGroup(g.AccountId, g.FirstNumber, g.SessionKey, g.Messages, g.IsRoom)))];
    }
}
