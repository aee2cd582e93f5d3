using OrleansChat.Storage.Conversations;

namespace OrleansChat.Verification.Simulation;

internal sealed partial class SimulatedStorage : IConversations
{
    public Task<Answer<StoredPage>> ReadPageAsync(string sessionKey, PageQuery request) => throw new NotSupportedException();

    public Task<Answer<StoredList>> ListAsync(string sessionKey, int limit, ListPosition? before) => throw new NotSupportedException();

    public Task<Answer<StoredConversation>> FindAsync(string sessionKey, string peer) => throw new NotSupportedException();

    public Task<Answer<StoredConversation>> SetMutedAsync(string sessionKey, string peer, bool isMuted) =>
        throw new NotSupportedException();

    public Task<Answer<StoredConversation>> MarkReadAsync(string sessionKey, string epoch, string peer, long upTo) =>
        throw new NotSupportedException();

    public Task<Answer<bool>> SetBlockedAsync(string sessionKey, string peer, bool isBlocked) => throw new NotSupportedException();

    public Task<Answer<IReadOnlyList<string>>> ListBlockedAsync(string sessionKey) => throw new NotSupportedException();

    public Task<Answer<StoredPart>> ReadLogAsync(string sessionKey, string epoch, long after, int limit) =>
        throw new NotSupportedException();

    public Task<Answer<long>> ReceiveAsync(string sessionKey, string epoch, long number) => throw new NotSupportedException();

    public Task<string> GetEpochAsync() => throw new NotSupportedException();
}
