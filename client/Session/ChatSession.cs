using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Session;

/// <summary>
/// What a person can do: each command asks the server with the current token and returns its reply, whether OK or an error. Without
/// a token, a command that needs one only connects to the server and returns <see cref="Reply.NotAuthorized"/>. Failures are
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
    /// Sends a message. If the reply is lost the message may have been sent: the <see cref="ChatException"/> then has
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
    /// Sends a message that the server stores once, however often it is sent with this ID; so after a lost reply it is sent again.
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
    /// Reads messages. The next command on this connection, or <see cref="FinishAsync"/>, removes them from the mailbox: show them first.
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
            // The reply cannot be shown, so nothing may follow that would confirm it to the server.
            client.Reset();
            throw;
        }
        return reply;
    }

    public Task<Reply> ListUsersAsync(CancellationToken cancellationToken) => AskAsync(Requests.ListUsers, cancellationToken);

    /// <summary>Logs out and forgets the token, even one that the server no longer knows.</summary>
    public async Task<Reply> LogOutAsync(CancellationToken cancellationToken)
    {
        var reply = await AskAsync(Requests.LogOut, cancellationToken);
        if (reply.Ok || reply.IsNoSession)
            tokens.Forget();
        return reply;
    }

    /// <summary>
    /// Closes the connection in order, which confirms that everything received has been shown. Throws
    /// <see cref="ConnectionBrokenException"/> only if messages depend on it.
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
            // A wrong port should be reported before a missing login.
            await client.ReachAsync(cancellationToken);
            return Reply.NotAuthorized;
        }
        var reply = await client.AskAsync(request(Token), cancellationToken);
        _unconfirmed = false;
        return reply;
    }
}
