using OrleansChat.Protocol;

namespace OrleansChat.Gateway.Commands;

/// <summary><c>logout [TOKEN]</c>: ends a session; the connection stays.</summary>
internal static class LogOutCommand
{
    public static async Task Handle(ChatConnection connection, Command command)
    {
        if (!CommandHandlers.TryGetSession(connection, command, out var sessionKey)) return;
        var calls = 0;
        var user = await GrainCalls.RepeatAsync(connection, () =>
        {
            calls++;
            return connection.Services.Session(sessionKey).LogOut();
        });
        // Where the first call's answer was lost, it may be that call that ended the session.
        if (user is null && calls > 1) throw new TimeoutException("It is unknown whose session ended.");
        connection.Services.Presence.Ended(sessionKey);
        if (user is null) ReplyWriter.WriteError(connection.Replies, ReplyError.NoSession);
        else ReplyWriter.WriteLoggedOut(connection.Replies, user);
    }
}
