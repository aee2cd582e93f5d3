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
        CommandKind.Inbox or CommandKind.ListUsers => ReadInTurn(connection, command, stopping),
        CommandKind.LogOut => LogOutCommand.Handle(connection, command),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    private static async Task ReadInTurn(ChatConnection connection, Command command, CancellationToken stopping)
    {
        using var turn = await connection.Client.Address.TakeReadTurnAsync(stopping);
        if (connection.IsBroken) connection.Replies.End();
        else if (command.Kind == CommandKind.Inbox) await InboxCommand.Handle(connection, command, stopping);
        else await ListUsersCommand.Handle(connection, command);
    }

    /// <summary>
    /// The session that a command means: its token's, or without one the last that logged in on this connection.
    /// Writes the reply itself where there is none, or where it may not be asked for now.
    /// </summary>
    public static bool TryGetSession(ChatConnection connection, Command command, out string sessionKey)
    {
        var token = string.IsNullOrEmpty(command.Token) ? connection.OwnToken : command.Token;
        if (SessionToken.TryGetKey(token, out var key))
        {
            sessionKey = key;
            if (connection.Guard.Refusal(key, isLogout: command.Kind == CommandKind.LogOut) is not { } refusal) return true;
            ReplyWriter.WriteError(connection.Replies, refusal);
            return false;
        }
        var lacksToken = token is null && command.Token is null && command.Kind != CommandKind.ListUsers;
        ReplyWriter.WriteError(connection.Replies, lacksToken ? ReplyError.MissingArguments : ReplyError.NoSession);
        sessionKey = "";
        return false;
    }
}
