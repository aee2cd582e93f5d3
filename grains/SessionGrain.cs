using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage;

namespace OrleansChat.Grains;

/// <summary>
/// A session. Its row in the database is the session: whoever deletes it, or gives the account another stamp, has ended
/// it, whatever this activation believes. So every effect goes through a statement that checks the row, and what has no
/// statement of its own asks for it.
/// </summary>
/// <remarks>In a cluster it lives on the silo to which its client's gateway speaks: a call is not passed on before it has begun.</remarks>
[PreferLocalPlacement]
public sealed partial class SessionGrain(
    [PersistentState(GrainKeys.SessionStateName, GrainKeys.StorageName)] IPersistentState<SessionState> session,
    ISessionTable sessions,
    IMailbox mailbox,
    IOptions<ChatSessionOptions> options,
    IOptions<AccountLimits> limits,
    LimitMetrics metrics,
    TimeProvider time,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    private SendPermits? _permits;
    private RateLimit? _lookUps;
    private string? _lastConnection;
    private long _lastUse;
    private bool _isWritingUse;
    private Task? _ending;
    private string? _ended;

    private string Key => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public async Task<LogInStatus> LogIn(string user, Secret password, string connection, string address)
    {
        var check = await User(user).CheckPassword(password, address);
        if (check.Status != LogInStatus.LoggedIn)
        {
            DeactivateOnIdle();
            return check.Status;
        }
        session.State = new SessionState
        {
            User = user,
            AccountId = check.AccountId,
            SecurityStamp = check.SecurityStamp,
            UsedAt = time.GetUtcNow(),
        };
        await WriteOrDeactivate();
        if (!await IsAlive())
        {
            // The account was disabled, or got another password, while this one was checked.
            await End();
            await User(user).Refresh();
            return LogInStatus.WrongPassword;
        }
        _lastConnection = connection;
        return LogInStatus.LoggedIn;
    }

    /// <inheritdoc/>
    public async Task<SendReply> Send(OutgoingMessage[] messages, string connection)
    {
        var use = await Use(connection);
        var statuses = new SendStatus[messages.Length];
        if (use.User is null) Array.Fill(statuses, SendStatus.NoSession);
        else await Deliver(use.User, messages, statuses);

        // Who is not logged in learns nothing of who exists. What was stored, or may have been, stays said.
        if (statuses.Any(IsOfRecipient) && !await IsAlive())
        {
            for (var i = 0; i < statuses.Length; i++)
                if (IsOfRecipient(statuses[i])) statuses[i] = SendStatus.NoSession;
        }
        return new SendReply(statuses.Contains(SendStatus.NoSession) ? default : use, statuses);
    }

    /// <inheritdoc/>
    public async Task<SendOnceReply> SendOnce(OutgoingMessage message, string connection)
    {
        var use = await Use(connection);
        if (use.User is null) return new SendOnceReply(default, SendStatus.NoSession, default, "");
        if (FaultPoints.IsBroken(FaultPoint.StoreRetryAgain))
            return new SendOnceReply(use, await TryDeliver(use.User, message.Recipient, [message with { OnceId = null }]), message.Id, "flushed");
        // A logout may clear the state while this waits.
        var sender = session.State.AccountId;
        var isPermitted = await Permitted(use.User, [message]) == 1;
        // A repetition gets its receipt all the same.
        if (!isPermitted && !MayLookUp()) return new SendOnceReply(use, SendStatus.TooManySends, default, "");
        var receipt = await mailbox.FindReceiptAsync(sender, message.OnceId!);
        var status = receipt is not null ? SendStatus.AlreadyBound
            : isPermitted ? await TryDeliver(use.User, message.Recipient, [message])
            : SendStatus.TooManySends;
        if (receipt is null && status is SendStatus.Sent or SendStatus.AlreadyBound)
            receipt = await mailbox.FindReceiptAsync(sender, message.OnceId!);
        // What was stored just now was checked when it was stored.
        if ((status == SendStatus.AlreadyBound || IsOfRecipient(status)) && !await IsAlive()) status = SendStatus.NoSession;
        if (status == SendStatus.NoSession) return new SendOnceReply(default, status, default, "");
        return receipt is null
            ? new SendOnceReply(use, status == SendStatus.TooManySends || IsOfRecipient(status) ? status : SendStatus.Unavailable, default, "")
            : new SendOnceReply(use, SendStatus.Sent, receipt.MessageId, receipt.Durability);
    }

    /// <inheritdoc/>
    public async Task<ReadInboxReply> ReadInbox(long after, string connection)
    {
        var use = await Use(connection);
        var page = use.User is null ? null : await User(use.User).ReadInbox(Key, after);
        return new ReadInboxReply(page is null ? default : use, page);
    }

    /// <inheritdoc/>
    public async Task<ListUsersReply> ListUsers(string connection)
    {
        var use = await Use(connection);
        if (use.User is null || !await IsAlive()) return new ListUsersReply(default, null);
        return new ListUsersReply(use, (await Presence().GetOnline()).Names);
    }

    /// <inheritdoc/>
    public async Task<string?> LogOut()
    {
        await WhileEnding();
        // Repeated, since presence could not be told of the end.
        if (_ended is { } ended)
        {
            await Presence().EndSession(Key);
            return ended;
        }
        var user = IsOpen && await IsAlive() ? session.State.User : null;
        if (FaultPoints.IsBroken(FaultPoint.AcceptLoggedOutToken)) return user;
        // Also where it is dead or has expired; but a guessed token is no session.
        if (session.RecordExists) await End(user);
        return user;
    }

    /// <inheritdoc/>
    public async Task Revoke()
    {
        if (!await IsAlive()) await End();
    }

    private bool IsOpen
    {
        get
        {
            // A guessed token costs one read and leaves nothing behind.
            if (!session.RecordExists) DeactivateOnIdle();
            return session.RecordExists && time.GetUtcNow() - session.State.UsedAt < options.Value.IdleTimeout;
        }
    }

    private IUserGrain User(string name) => GrainFactory.GetGrain<IUserGrain>(GrainKeys.ForUser(name));

    private IPresenceGrain Presence() => GrainFactory.GetGrain<IPresenceGrain>(GrainKeys.Presence);

    private async Task<bool> IsAlive() => (await sessions.GetAliveAsync([Key])).Count == 1;

    /// <summary>Who uses the session, from where; writes the use down once an hour.</summary>
    private async ValueTask<SessionUse> Use(string connection)
    {
        await WhileEnding();
        if (!IsOpen) return default;
        if (!_isWritingUse && time.GetUtcNow() - session.State.UsedAt >= ChatSessionOptions.WriteUseEvery)
        {
            await WriteUse();
            await WhileEnding();
            if (!IsOpen) return default;
        }
        var moved = connection != _lastConnection;
        _lastConnection = connection;
        _lastUse = Math.Max(_lastUse + 1, time.GetUtcNow().UtcTicks);
        return new SessionUse(session.State.User, moved, _lastUse);
    }

    private async Task WriteUse()
    {
        _isWritingUse = true;
        try
        {
            session.State = session.State with { UsedAt = time.GetUtcNow() };
            await WriteOrDeactivate();
        }
        finally
        {
            _isWritingUse = false;
        }
    }

    /// <summary>Whether it says something of the recipient, which is for those who are logged in.</summary>
    private static bool IsOfRecipient(SendStatus status) => status is SendStatus.NoRecipient or SendStatus.MailboxFull;

    /// <summary>How many of the messages, from the first, the account may send now.</summary>
    private async ValueTask<int> Permitted(string user, OutgoingMessage[] messages)
    {
        _permits ??= new SendPermits(User(user).LendSends, limits.Value.SendsPerSecond, time);
        var cost = 0;
        foreach (var message in messages) cost += _permits.CostOf(message);
        var taken = await _permits.TakeAsync(cost);
        if (taken == cost) return messages.Length;
        var permitted = 0;
        while ((taken -= _permits.CostOf(messages[permitted])) >= 0) permitted++;
        for (var i = permitted; i < messages.Length; i++) metrics.Hit(LimitNames.Sends);
        return permitted;
    }

    /// <summary>Whether a receipt may be looked up that the account has no permit for: as many a second as it may send.</summary>
    private bool MayLookUp()
    {
        _lookUps ??= new RateLimit(limits.Value.SendsPerSecond, limits.Value.SendsPerSecond, time);
        return _lookUps.Take(1) == 1;
    }

    private async Task Deliver(string sender, OutgoingMessage[] messages, SendStatus[] statuses)
    {
        var permitted = await Permitted(sender, messages);
        statuses.AsSpan(permitted).Fill(SendStatus.TooManySends);
        if (messages.Length == 1 && permitted == 1) statuses[0] = await TryDeliver(sender, messages[0].Recipient, messages);
        else if (permitted > 0) await DeliverByRecipient(sender, messages[..permitted], statuses);
    }

    /// <summary>Delivers messages to one recipient; a failure is that recipient's alone.</summary>
    private async Task<SendStatus> TryDeliver(string sender, string recipient, OutgoingMessage[] messages)
    {
        if (!UserName.IsValid(recipient)) return SendStatus.NoRecipient;
        try
        {
            return await User(recipient).Append(new MailboxDelivery(Key, messages, sender));
        }
        catch (Exception e)
        {
            LogNotDelivered(logger, messages.Length, e);
            return SendStatus.Unavailable;
        }
    }

    /// <summary>One delivery a recipient, side by side; the messages to one recipient keep their order.</summary>
    private async Task DeliverByRecipient(string sender, OutgoingMessage[] messages, SendStatus[] statuses)
    {
        var deliveries = messages.Select((message, index) => (message, index)).GroupBy(m => m.message.Recipient).Select(async group =>
        {
            var status = await TryDeliver(sender, group.Key, [.. group.Select(m => m.message)]);
            foreach (var (_, index) in group) statuses[index] = status;
            // Nothing of it was stored; the first ones may fit.
            if (status == SendStatus.MailboxFull && group.Count() > 1)
            {
                foreach (var (message, index) in group)
                    if ((statuses[index] = await TryDeliver(sender, group.Key, [message])) != SendStatus.Sent) break;
            }
        });
        await Task.WhenAll(deliveries);
    }

    /// <summary>Deletes the session, and has presence forget it, on whatever connection it is.</summary>
    private async Task End(string? user = null)
    {
        await WhileEnding();
        var ending = new TaskCompletionSource();
        _ending = ending.Task;
        try
        {
            await Delete();
            _ended = user ?? _ended;
        }
        finally
        {
            _ending = null;
            ending.SetResult();
        }
        await Presence().EndSession(Key);
        DeactivateOnIdle();
    }

    /// <summary>Waits for an end that is under way. It may fail, and the session live on: nobody is refused before.</summary>
    private async ValueTask WhileEnding()
    {
        while (_ending is { } ending) await ending;
    }

    private async Task Delete()
    {
        if (!session.RecordExists) return;
        try
        {
            // Another activation may have written its last use, or the row may be gone.
            await session.ReadStateAsync();
            if (session.RecordExists) await session.ClearStateAsync();
        }
        catch
        {
            // What is stored is unknown now: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }

    private async Task WriteOrDeactivate()
    {
        try
        {
            await session.WriteStateAsync();
        }
        catch
        {
            // What is stored is unknown now: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} messages to one recipient: it is unknown whether they were stored.")]
    private static partial void LogNotDelivered(ILogger logger, int count, Exception exception);
}
