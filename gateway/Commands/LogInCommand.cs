using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Protocol;

namespace OrleansChat.Gateway.Commands;

/// <summary><c>auth USER PASSWORD</c>: a new session, on this connection.</summary>
internal static class LogInCommand
{
    public static async Task Handle(ChatConnection connection, Command command)
    {
        var (token, sessionKey) = ("", "");
        var refusal = UserName.IsValid(command.User) ? await connection.Guard.AdmitLoginAsync() : ReplyError.NoSuchUser;
        if (refusal is null && (connection.Replies.IsEnded || connection.IsBroken))
        {
            // It has waited for its turn for nobody.
            connection.Replies.End();
            return;
        }
        refusal ??= ErrorOf(await GrainCalls.RepeatAsync(connection, LogIn, counts: false));
        if (refusal is { } error)
        {
            ReplyWriter.WriteError(connection.Replies, error);
            return;
        }
        connection.Guard.Accepted(sessionKey, command.User);
        await connection.Services.Presence.LoggedInAsync(connection, sessionKey, command.User);
        connection.OwnToken = token;
        ReplyWriter.WriteLoggedIn(connection.Replies, token);

        Task<LogInStatus> LogIn(bool isRepetition)
        {
            // A token a call: the write of a call that was given up must not bring back a session that was logged out since.
            token = SessionToken.New();
            sessionKey = GrainKeys.ForSession(token);
            return connection.Services.Grains.Session(sessionKey).LogIn(command.User, new Secret(command.Password), connection.Id, connection.Client.AddressName);
        }
    }

    private static ReplyError? ErrorOf(LogInStatus status) => status switch
    {
        LogInStatus.LoggedIn => null,
        LogInStatus.NoSuchUser => ReplyError.NoSuchUser,
        LogInStatus.WrongPassword => ReplyError.WrongPassword,
        LogInStatus.TooManyAttempts => ReplyError.TooManyAttempts,
        _ => ReplyError.Unavailable,
    };
}
