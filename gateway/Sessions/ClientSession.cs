using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Limits;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// What one client asks of the service, whichever door it uses. This is the one place that admits a client, calls grains, repeats
/// calls of unknown outcome and reports to presence; a door only translates.
/// </summary>
/// <remarks>
/// Call one operation at a time. No operation throws for failures of grains or the database: an unknown outcome is
/// <see cref="Refusal.Unavailable"/>. A session is named by its key, <see cref="SessionToken.KeyOf"/>; null, from a text that is not a
/// valid token, is a session that does not exist.
/// </remarks>
/// <param name="id">Names the client's connection among those of all gateways.</param>
/// <param name="client">The connection as the limits see it.</param>
/// <param name="isGone">Whether nobody takes an answer any more; operations that only answer are then not begun.</param>
/// <param name="services">The services that all connections share.</param>
/// <param name="stopping">Cancelled when the process stops, which ends the wait for a read turn.</param>
/// <param name="isShown">
/// Whether the users of its sessions are online because of this connection; false where connections come and go with each request.
/// </param>
/// <param name="door">The client's protocol, as the owners of sessions are told.</param>
internal sealed partial class ClientSession(
    string id, ClientConnection client, Func<bool> isGone, GatewayServices services, CancellationToken stopping, bool isShown = true,
    string door = "text")
{
    private readonly SessionGuard _guard = new(client, services);
    private LeasedSession? _session;

    /// <summary>Names the client's connection among those of all gateways.</summary>
    public string Id { get; } = id;

    /// <summary>Whether a session was accepted here, and has not ended.</summary>
    public bool HasSession => _guard.HasSession;

    /// <summary>Whether a session that was accepted here has ended since, as far as was heard here.</summary>
    public bool HasLostSession => _guard.HasLostSession;

    /// <summary>The session last reported to presence for this connection; null once superseded, or when that is uncertain.</summary>
    internal string? ReportedSession { get; set; }

    /// <summary>Whether the client has left, though one of its operations may still run: it has no session here any more.</summary>
    internal bool HasLeft { get; private set; }

    /// <summary>Tells presence that the client has gone, and its sessions with it.</summary>
    public void Leave()
    {
        HasLeft = true;
        if (!isShown) return;
        var session = _session;
        var last = session?.TakeUnreported();
        services.Presence.Closed(this, session, last);
        if (last is { } use) _ = RecordAsync(session!, use);
    }

    /// <summary>Logs in.</summary>
    /// <param name="user">The user name.</param>
    /// <param name="password">The password.</param>
    /// <param name="hidesUsers">Whether an unknown user takes as long as a wrong password, and is answered as one.</param>
    /// <param name="device">What the client calls its device; empty if it has not said.</param>
    /// <returns>The new session's token.</returns>
    public Task<Outcome<string>> LogInAsync(
        string user, Secret password, bool hidesUsers = false, string device = "") => SettleAsync<string>(async () =>
    {
        if (isGone()) return Refusal.ClientGone;
        if (!UserName.IsValid(user)) return Refusal.NoSuchUser;
        if (await _guard.AdmitLoginAsync() is { } refusal) return refusal;
        // The client may have disconnected while this login was queued.
        if (isGone()) return Refusal.ClientGone;
        var recall = PasswordRecall.Nothing;
        if (services.Strangers.MayRecall())
        {
            recall = await RepeatAsync(_ => services.Grains.User(user).Recall(password, client.AddressName).AsTask(), counts: false);
            if (recall != PasswordRecall.Other) services.Strangers.WasNoGuess();
        }
        if (recall == PasswordRecall.TooManyAttempts) return Refusal.TooMany;
        if (recall != PasswordRecall.Right && await _guard.MayHashAsync() is { } busy) return busy;
        if (isGone()) return Refusal.ClientGone;

        return await EnterAsync(user, password, recall, hidesUsers, device);
    });

    /// <summary>Opens a session for one who was admitted.</summary>
    /// <returns>Its token.</returns>
    private async Task<Outcome<string>> EnterAsync(string user, Secret password, PasswordRecall recall, bool hidesUsers, string device)
    {
        var (token, key) = ("", "");
        var status = await RepeatAsync(
            _ =>
            {
                // Each call has its own token: a late write of an abandoned call must not revive a session that was logged out since.
                token = SessionToken.New();
                key = GrainKeys.ForSession(token);
                return services.Grains.Session(key).LogIn(user, password, Id, client.AddressName, recall, hidesUsers, door, device);
            },
            counts: false);
        if (Refusals.Of(status) is { } refused) return refused;
        _guard.Accepted(key, user);
        if (isShown) await services.Presence.LoggedInAsync(this, key, user);
        return token;
    }

    /// <summary>Ends a session.</summary>
    /// <returns>The user whose session it was.</returns>
    public Task<Outcome<string>> LogOutAsync(string? sessionKey) => SettleAsync<string>(async () =>
    {
        if (await AdmitAsync(sessionKey, isLogout: true) is { } refusal) return refusal;
        var grain = SessionOf(sessionKey!).Grain;
        var user = await RepeatAsync(async isRepetition =>
        {
            var user = await grain.LogOut();
            // An earlier call, whose answer was lost, may have ended the session.
            return user is null && isRepetition ? throw new TimeoutException("It is unknown whose session ended.") : user;
        });
        EndLease(sessionKey!);
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

    /// <summary>Logs an operation of unknown outcome, unless it failed because the process stops.</summary>
    private Refusal Failed(Exception exception)
    {
        // The lost answer would have told whether the session has moved: report it again with its next use.
        ReportedSession = null;
        if (!stopping.IsCancellationRequested) LogFailed(services.Logger, Id, exception);
        return Refusal.Unavailable;
    }

    private ValueTask<Refusal?> AdmitAsync(string? sessionKey, bool isLogout = false) =>
        sessionKey is null ? new(Refusal.NoSession) : _guard.AdmitAsync(sessionKey, isLogout);

    // Most clients use one session, so the last one is kept.
    private LeasedSession SessionOf(string sessionKey)
    {
        if (_session?.Key == sessionKey) return _session;
        if (_session?.TakeUnreported() is { } use) ReportLease(_session, use);
        return _session = new LeasedSession(sessionKey, Id, services, ReportLease);
    }

    /// <summary>Reports the last use under a lease to presence, and to the session's grain, which tells moves from it.</summary>
    private void ReportLease(LeasedSession session, SessionUse use)
    {
        if (!isShown) return;
        services.Presence.UsedBefore(this, session, use);
        if (!session.IsOver) _ = RecordAsync(session, use);
    }

    private async Task RecordAsync(LeasedSession session, SessionUse use)
    {
        try
        {
            await session.Grain.RecordUse(Id, use.Number);
        }
        catch (Exception exception)
        {
            // The grain counts the next use as a move, or presence's notice tells.
            LogRepeated(services.Logger, Id, exception.GetType().Name);
        }
    }

    private void EndLease(string sessionKey)
    {
        if (_session?.Key != sessionKey) return;
        _session.End();
        _session = null;
    }

    /// <summary>Tells the guard how a session that may be leased was used, and presence unless the end of the lease will tell it.</summary>
    private async ValueTask UsedAsync(LeasedSession session, SessionUse use)
    {
        if (use.Moved || session.HasCounted(use)) await UsedAsync(session.Key, use);
        else _guard.Accepted(session.Key, use.User!);
    }

    /// <summary>Tells the guard and presence how a session's grain answered.</summary>
    /// <returns>Whether it was news to presence.</returns>
    private ValueTask<bool> UsedAsync(string sessionKey, SessionUse use)
    {
        // It is later than any use under a lease.
        if (_session?.Key == sessionKey) _session.TakeUnreported();
        if (use.User is not null) _guard.Accepted(sessionKey, use.User);
        else
        {
            EndLease(sessionKey);
            _guard.Refused(sessionKey);
        }
        return isShown ? services.Presence.UsedAsync(this, sessionKey, use) : new(false);
    }

    [LoggerMessage(2303, LogLevel.Warning,
        "An operation of connection {Connection} failed; its outcome is unknown, and the client is told that it is unavailable.")]
    private static partial void LogFailed(ILogger logger, string connection, Exception exception);
}
