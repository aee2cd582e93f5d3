using OrleansChat.Protocol;

namespace OrleansChat.Gateway.Commands;

/// <summary>The handler of each command but <c>send</c>, which <see cref="SendBatch"/> handles. One row a command.</summary>
internal static class CommandHandlers
{
    /// <summary>Answers a command with exactly one reply, or throws: then it is unknown what was done.</summary>
    public static Task Handle(ChatConnection connection, Command command, CancellationToken stopping)
    {
        if (!IsForReply(command.Kind) || !connection.IsBroken) return Begin(connection, command, stopping);
        connection.Replies.End();
        return Task.CompletedTask;
    }

    /// <summary>Whether nothing is left of it where nobody takes the reply: what a flood leaves behind is not hashed and read for nobody.</summary>
    private static bool IsForReply(CommandKind kind) => kind is CommandKind.LogIn or CommandKind.Inbox or CommandKind.ListUsers;

    private static Task Begin(ChatConnection connection, Command command, CancellationToken stopping) => command.Kind switch
    {
        CommandKind.LogIn => LogInCommand.Handle(connection, command),
        CommandKind.SendOnce => SendOnceCommand.Handle(connection, command),
        CommandKind.Inbox => InboxCommand.Handle(connection, command, stopping),
        CommandKind.ListUsers => ListUsersCommand.Handle(connection, command, stopping),
        CommandKind.LogOut => LogOutCommand.Handle(connection, command),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    /// <summary>
    /// The session that a command means: its token's, or without one the last that logged in on this connection. Null where
    /// there is none, or where it may not be asked for now; then this has written the reply.
    /// </summary>
    public static async ValueTask<string?> FindSessionAsync(ChatConnection connection, Command command)
    {
        var token = string.IsNullOrEmpty(command.Token) ? connection.OwnToken : command.Token;
        var lacksToken = token is null && command.Token is null && command.Kind != CommandKind.ListUsers;
        var refusal = SessionToken.TryGetKey(token, out var key) ? await connection.Guard.AdmitAsync(key, isLogout: command.Kind == CommandKind.LogOut)
            : lacksToken ? ReplyError.MissingArguments
            : ReplyError.NoSession;
        if (refusal is not { } error) return key;
        ReplyWriter.WriteError(connection.Replies, error);
        return null;
    }
}
