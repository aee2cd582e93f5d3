using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Conversations;

namespace OrleansChat.Verification.Simulation;

/// <summary>What owners do with their accounts is not simulated: the text protocol asks for none of it.</summary>
internal sealed class SimulatedOwnAccounts : IOwnAccounts
{
    public Task<Answer<IReadOnlyList<StoredSession>>> ListSessionsAsync(string sessionKey) => throw new NotSupportedException();

    public Task<Answer<string>> FindSessionAsync(string sessionKey, string id) => throw new NotSupportedException();

    public Task<Answer<IReadOnlyList<StoredUser>>> FindUsersAsync(string sessionKey, string beginning, int limit) =>
        throw new NotSupportedException();

    public Task<OwnResult> RenameAsync(string sessionKey, string userName, string displayName) => throw new NotSupportedException();

    public Task<OwnResult> SetPasswordAsync(string sessionKey, string userName, Guid stamp, string hash) =>
        throw new NotSupportedException();

    public Task<OwnResult> RemoveAsync(string sessionKey, string userName, Guid stamp) => throw new NotSupportedException();
}
