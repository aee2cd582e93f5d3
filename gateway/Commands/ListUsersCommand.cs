using OrleansChat.GrainInterfaces;
using OrleansChat.Protocol;

namespace OrleansChat.Gateway.Commands;

/// <summary><c>listuser [TOKEN]</c>: who is online.</summary>
internal static class ListUsersCommand
{
    public static async Task Handle(ChatConnection connection, Command command, CancellationToken stopping)
    {
        using var turn = await connection.TakeReadTurnAsync(stopping);
        if (await CommandHandlers.FindSessionAsync(connection, command) is not { } sessionKey) return;
        var session = connection.Services.Grains.Session(sessionKey);
        var reply = await Ask();
        if (await connection.UsedAsync(sessionKey, reply.Session))
        {
            // Presence learned of it only now; who asks is on the list.
            reply = await Ask();
            await connection.UsedAsync(sessionKey, reply.Session);
        }
        if (reply.Users is null)
        {
            ReplyWriter.WriteError(connection.Replies, ReplyError.NoSession);
            return;
        }
        ReplyWriter.WriteUsers(connection.Replies, reply.Users);

        Task<ListUsersReply> Ask() => GrainCalls.RepeatAsync(connection, _ => session.ListUsers(connection.Id));
    }
}
