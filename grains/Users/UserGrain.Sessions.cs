using OrleansChat.GrainInterfaces;

namespace OrleansChat.Grains.Users;

// The sessions of the user, as their owner sees and ends them.
public sealed partial class UserGrain
{
    /// <inheritdoc/>
    public Task<ConversationReply<SessionInfo[]>> ListSessions(string sessionKey) => Ask(
        owners.ListSessionsAsync(sessionKey),
        sessions => (SessionInfo[])[.. sessions.Select(session => new SessionInfo(
            session.Id, session.IsCurrent, session.Door, session.Device, session.Address, session.Since, session.UsedAt))]);

    /// <inheritdoc/>
    public async Task<ConversationReply<string>> EndSession(string sessionKey, string id)
    {
        var found = await Ask(owners.FindSessionAsync(sessionKey, id), key => key);
        if (found.Value is not { } key) return found;
        // Somebody else may have ended it meanwhile: then it has ended all the same.
        await GrainFactory.GetGrain<ISessionGrain>(key).LogOut();
        return new(ConversationStatus.Answered, id);
    }
}
