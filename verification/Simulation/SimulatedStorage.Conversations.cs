using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Verification.Simulation;

internal sealed partial class SimulatedStorage : IConversations
{
    public Task<Answer<StoredAccount>> ReadAccountAsync(string sessionKey) => RunAsync(() => Tables.ReadAccount(sessionKey));

    public Task<Answer<string>> FindOwnerAsync(string sessionKey, string epoch, long logId) =>
        RunAsync(() => Tables.FindOwner(sessionKey, epoch, logId));

    public Task<Answer<StoredPage>> ReadPageAsync(string sessionKey, PageQuery request) =>
        RunAsync(() => Tables.ReadPage(sessionKey, request, _database.MaxBytes));

    public Task<Answer<StoredList>> ListAsync(string sessionKey, int limit, ListPosition? before) =>
        RunAsync(() => Tables.List(sessionKey, limit, before));

    public Task<Answer<StoredConversation>> FindAsync(string sessionKey, string peer) => RunAsync(() => Tables.Find(sessionKey, peer));

    // As in Conversations, a change is one statement, and its answer another.
    public async Task<Answer<StoredConversation>> SetMutedAsync(string sessionKey, string peer, bool isMuted) =>
        await SetAsync(sessionKey, peer, member => member.IsMuted = isMuted) is not NoAnswer.None and var reason
            ? reason
            : await FindAsync(sessionKey, peer);

    public async Task<Answer<StoredConversation>> MarkReadAsync(string sessionKey, string epoch, string peer, long upTo)
    {
        await ChangeAsync(() => Tables.MarkRead(sessionKey, epoch, peer, upTo));
        return await RunAsync(() =>
            Tables.Find(sessionKey, peer) is var found && found.Reason != NoAnswer.NoSession && epoch != Tables.Epoch
                ? NoAnswer.OtherEpoch
                : found);
    }

    public async Task<Answer<bool>> SetBlockedAsync(string sessionKey, string peer, bool isBlocked) =>
        await SetAsync(sessionKey, peer, member => member.IsBlocked = isBlocked) is not NoAnswer.None and var reason ? reason : true;

    public Task<Answer<IReadOnlyList<string>>> ListBlockedAsync(string sessionKey) => RunAsync(() => Tables.ListBlocked(sessionKey));

    public Task<Answer<StoredPart>> ReadLogAsync(string sessionKey, string epoch, long after, int limit) =>
        RunAsync(() => Tables.ReadLog(sessionKey, epoch, after, limit, _database.MaxBytes));

    public Task<Answer<long>> ReceiveAsync(string sessionKey, string epoch, long number) =>
        _database.RunAsync(_process, () => Tables.SeeReceived(sessionKey, epoch, number), Tables.Receive);

    public Task<string> GetEpochAsync() => RunAsync(() => Tables.Epoch);

    private async Task<NoAnswer> SetAsync(string sessionKey, string peer, Action<MemberModel> set)
    {
        var (revision, reason) = await RunAsync(() => Tables.FindRevision(sessionKey, peer));
        return reason != NoAnswer.None || await RunAsync(() => Tables.Set(sessionKey, peer, revision, set))
            ? reason
            : throw new StorageUnavailableException("It was changed at the same time.");
    }

    private Task<bool> ChangeAsync(Action change) => RunAsync(() =>
    {
        change();
        return true;
    });
}
