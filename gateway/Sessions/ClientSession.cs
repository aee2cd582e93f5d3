using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Limits;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// What one client asks of the service, through whatever door it came. This is the one place that admits a client, calls grains, repeats
/// calls of unknown outcome and reports to presence; a door translates.
/// </summary>
/// <remarks>
/// One operation at a time. No operation throws for what grains or the database do: what is not known is
/// <see cref="Refusal.Unavailable"/>. A session is meant by its key, <see cref="SessionToken.KeyOf"/>; null, for what cannot be a
/// token, is a session that does not exist.
/// </remarks>
/// <param name="id">Names the client's connection among those of all gateways.</param>
/// <param name="client">What the limits know of it.</param>
/// <param name="isGone">Whether nobody takes an answer any more. Operations that only answer are not begun then.</param>
/// <param name="services">What all clients share.</param>
/// <param name="stopping">The process stops: nobody waits for a turn to read any more.</param>
internal sealed partial class ClientSession(
    string id, ClientConnection client, Func<bool> isGone, GatewayServices services, CancellationToken stopping)
{
    private readonly SessionGuard _guard = new(client, services);
    private string? _grainKey;
    private ISessionGrain? _grain;

    /// <summary>Names the client's connection among those of all gateways.</summary>
    public string Id { get; } = id;

    /// <summary>Whether a session was accepted here, and has not ended.</summary>
    public bool HasSession => _guard.HasSession;

    /// <summary>The session that presence was last told to be here, and has not said since to be elsewhere.</summary>
    internal string? PresentSession { get; set; }

    /// <summary>The client has left, though an operation of it may be under way: no session is here any more.</summary>
    internal bool HasLeft { get; private set; }

    /// <summary>The client has gone: its sessions are not here any more.</summary>
    public void Leave()
    {
        HasLeft = true;
        services.Presence.Closed(this);
    }

    /// <summary>Logs in.</summary>
    /// <returns>The new session's token.</returns>
    public Task<Outcome<string>> LogInAsync(string user, Secret password) => SettleAsync<string>(async () =>
    {
        if (isGone()) return Refusal.ClientGone;
        if (!UserName.IsValid(user)) return Refusal.NoSuchUser;
        if (await _guard.AdmitLoginAsync() is { } refusal) return refusal;
        // It may have waited for its turn for nobody.
        if (isGone()) return Refusal.ClientGone;

        var (token, key) = ("", "");
        var status = await RepeatAsync(
            _ =>
            {
                // A token per call: the write of a call that was given up must not bring back a session that was logged out since.
                token = SessionToken.New();
                key = GrainKeys.ForSession(token);
                return services.Grains.Session(key).LogIn(user, password, Id, client.AddressName);
            },
            counts: false);
        if (Refusals.Of(status) is { } refused) return refused;
        _guard.Accepted(key, user);
        await services.Presence.LoggedInAsync(this, key, user);
        return token;
    });

    /// <summary>A message for <see cref="SendAsync"/> or <see cref="SendOnceAsync"/>, under an id of its own.</summary>
    /// <param name="recipient">The recipient's name.</param>
    /// <param name="text">The text, as the client sent it.</param>
    /// <param name="onceId">The client's own id of it, under which it is stored once for good.</param>
    public OutgoingMessage NewMessage(string recipient, byte[] text, string? onceId = null) =>
        new(MessageId.New(services.Time.GetUtcNow()), recipient, text, onceId);

    /// <summary>Sends messages together. What is of unknown outcome is repeated, under the same ids.</summary>
    /// <returns>For each, in their order, why it was not stored; null when it is durable.</returns>
    public async ValueTask<Refusal?[]> SendAsync(string? sessionKey, OutgoingMessage[] messages)
    {
        var outcomes = new Refusal?[messages.Length];
        try
        {
            if (await AdmitAsync(sessionKey) is { } refusal)
            {
                Array.Fill(outcomes, refusal);
                return outcomes;
            }
            var reply = await SendRepeatedlyAsync(GrainOf(sessionKey!), messages);
            if (!Array.TrueForAll(reply.Statuses, status => status == SendStatus.Unavailable)) await UsedAsync(sessionKey!, reply.Session);
            for (var i = 0; i < outcomes.Length; i++) outcomes[i] = Refusals.Of(reply.Statuses[i]);
            return outcomes;
        }
        catch (Exception exception)
        {
            Array.Fill(outcomes, Failed(exception));
            return outcomes;
        }
        finally
        {
            _guard.Unanswered();
        }
    }

    /// <summary>Sends a message that the client may repeat under its own id.</summary>
    /// <returns>The receipt: of this message, or of the one that was stored under the id before.</returns>
    public Task<Outcome<SendOnceReply>> SendOnceAsync(string? sessionKey, OutgoingMessage message) => SettleAsync<SendOnceReply>(async () =>
    {
        if (await AdmitAsync(sessionKey) is { } refusal) return refusal;
        var grain = GrainOf(sessionKey!);
        var reply = await RepeatAsync(
            async isRepetition =>
            {
                var reply = await grain.SendOnce(message, Id);
                // What was of unknown outcome once cannot be said not to be stored.
                return isRepetition && reply.Status != SendStatus.Sent ? reply with { Status = SendStatus.Unavailable } : reply;
            },
            isUnknown: reply => reply.Status == SendStatus.Unavailable);
        await UsedAsync(sessionKey!, reply.Session);
        return Refusals.Of(reply.Status) is { } refused ? refused : reply;
    });

    /// <summary>Ends a session.</summary>
    /// <returns>Whose it was.</returns>
    public Task<Outcome<string>> LogOutAsync(string? sessionKey) => SettleAsync<string>(async () =>
    {
        if (await AdmitAsync(sessionKey, isLogout: true) is { } refusal) return refusal;
        var grain = GrainOf(sessionKey!);
        var user = await RepeatAsync(async isRepetition =>
        {
            var user = await grain.LogOut();
            // Where an earlier call's answer was lost, it may be that call that ended the session.
            return user is null && isRepetition ? throw new TimeoutException("It is unknown whose session ended.") : user;
        });
        services.Presence.Ended(sessionKey!);
        _guard.Refused(sessionKey!, hasEnded: user is not null);
        return user is null ? Refusal.NoSession : user;
    });

    /// <summary>Runs an operation to an outcome, whatever happens.</summary>
    private async Task<Outcome<T>> SettleAsync<T>(Func<Task<Outcome<T>>> operation)
        where T : class
    {
        try
        {
            return await operation();
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
        finally
        {
            _guard.Unanswered();
        }
    }

    /// <summary>It is unknown what became of an operation. Of what fails because the process stops there is nothing to say.</summary>
    private Refusal Failed(Exception exception)
    {
        // Its answer would have said where presence has to look for the session.
        PresentSession = null;
        if (!stopping.IsCancellationRequested) LogFailed(services.Logger, Id, exception);
        return Refusal.Unavailable;
    }

    private ValueTask<Refusal?> AdmitAsync(string? sessionKey, bool isLogout = false) =>
        sessionKey is null ? new(Refusal.NoSession) : _guard.AdmitAsync(sessionKey, isLogout);

    // Most clients stay with one session.
    private ISessionGrain GrainOf(string sessionKey)
    {
        if (_grain is not null && _grainKey == sessionKey) return _grain;
        _grainKey = sessionKey;
        return _grain = services.Grains.Session(sessionKey);
    }

    /// <summary>A session's grain answered.</summary>
    /// <returns>Whether it was news to presence.</returns>
    private ValueTask<bool> UsedAsync(string sessionKey, SessionUse use)
    {
        if (use.User is null) _guard.Refused(sessionKey);
        else _guard.Accepted(sessionKey, use.User);
        return services.Presence.UsedAsync(this, sessionKey, use);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What connection {Connection} asked for could not be done, or is not known to be.")]
    private static partial void LogFailed(ILogger logger, string connection, Exception exception);
}
