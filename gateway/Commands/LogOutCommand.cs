using OrleansChat.Protocol;

namespace OrleansChat.Gateway.Commands;

/// <summary><c>logout [TOKEN]</c>: ends a session; the connection stays.</summary>
internal static class LogOutCommand
{
    public static async Task Handle(ChatConnection connection, Command command)
    {
        if (await CommandHandlers.FindSessionAsync(connection, command) is not { } sessionKey) return;
        var user = await GrainCalls.RepeatAsync(connection, async isRepetition =>
        {
            var user = await connection.Services.Grains.Session(sessionKey).LogOut();
            // Where an earlier call's answer was lost, it may be that call that ended the session.
            return user is null && isRepetition ? throw new TimeoutException("It is unknown whose session ended.") : user;
        });
        connection.Services.Presence.Ended(sessionKey);
        connection.Guard.Refused(sessionKey, hasEnded: user is not null);
        if (user is null) ReplyWriter.WriteError(connection.Replies, ReplyError.NoSession);
        else ReplyWriter.WriteLoggedOut(connection.Replies, user);
    }
}
