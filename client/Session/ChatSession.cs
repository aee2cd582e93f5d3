using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Session;

/// <summary>
/// What a person can do: each command asks the server with the current token and returns its reply, whatever that says. Without a
/// token, commands that need one reach the server, ask nothing and return <see cref="Reply.NotAuthorized"/>. Errors are
/// <see cref="ChatException"/>.
/// </summary>
internal sealed class ChatSession(ChatClient client, TokenStore tokens)
{
    private bool _unconfirmed;

    /// <summary>The current token; empty before the login.</summary>
    public string Token => tokens.Token;

    public async Task<Reply> LogInAsync(string user, string password, CancellationToken cancellationToken)
    {
        var reply = await client.AskAsync(Requests.LogIn(user, password), cancellationToken);
        if (reply.Ok)
            tokens.Save(reply.Token);
        return reply;
    }

    /// <summary>
    /// Sends a message. Where the reply was lost the message may be sent: <see cref="ChatException"/> with
    /// <see cref="ExitCode.Unknown"/>.
    /// </summary>
    public async Task<Reply> SendAsync(string recipient, string text, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(token => Requests.Send(token, recipient, text), cancellationToken);
        }
        catch (ConnectionBrokenException failure)
        {
            throw new ChatException(ExitCode.Unknown, $"{failure.Message} Whether the message was sent is unknown.", failure);
        }
    }

    /// <summary>
    /// Sends a message that the server stores once however often it is sent under this ID: so a lost reply is asked for again.
    /// </summary>
    public async Task<Reply> SendOnceAsync(string id, string recipient, string text, CancellationToken cancellationToken)
    {
        try
        {
            return await AskOnce();
        }
        catch (ConnectionBrokenException)
        {
        }
        try
        {
            return await AskOnce();
        }
        catch (ChatException failure) when (failure.ExitCode == ExitCode.Unreachable)
        {
            var message = $"{failure.Message} Whether the message was sent is unknown; repeat it with the same ID.";
            throw new ChatException(ExitCode.Unknown, message, failure);
        }

        Task<Reply> AskOnce() => AskAsync(token => Requests.SendOnce(token, id, recipient, text), cancellationToken);
    }

    /// <summary>
    /// Reads messages. They leave the mailbox with the next command on this connection or with <see cref="FinishAsync"/>: show them first.
    /// </summary>
    public async Task<Reply> ReadInboxAsync(CancellationToken cancellationToken)
    {
        var reply = await AskAsync(Requests.Inbox, cancellationToken);
        try
        {
            _unconfirmed = reply.Ok && reply.Messages.Count > 0;
        }
        catch (ConnectionBrokenException)
        {
            // It cannot be shown, so nothing may follow that the server takes for its receipt.
            client.Reset();
            throw;
        }
        return reply;
    }

    public Task<Reply> ListUsersAsync(CancellationToken cancellationToken) => AskAsync(Requests.ListUsers, cancellationToken);

    /// <summary>Logs out and forgets the token; also a token that the server does not know any more.</summary>
    public async Task<Reply> LogOutAsync(CancellationToken cancellationToken)
    {
        var reply = await AskAsync(Requests.LogOut, cancellationToken);
        if (reply.Ok || reply.IsNoSession)
            tokens.Forget();
        return reply;
    }

    /// <summary>
    /// Ends the connection in order: everything received has been shown. Throws <see cref="ConnectionBrokenException"/> only where
    /// messages hang on it.
    /// </summary>
    public async Task FinishAsync()
    {
        try
        {
            await client.FinishAsync();
        }
        catch (ConnectionBrokenException) when (!_unconfirmed)
        {
        }
    }

    private async Task<Reply> AskAsync(Func<string, string> request, CancellationToken cancellationToken)
    {
        if (Token.Length == 0)
        {
            // Who has mistaken the port shall learn that first.
            await client.ReachAsync(cancellationToken);
            return Reply.NotAuthorized;
        }
        var reply = await client.AskAsync(request(Token), cancellationToken);
        _unconfirmed = false;
        return reply;
    }
}
