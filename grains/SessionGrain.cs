using Microsoft.Extensions.Options;
using Orleans.Storage;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Storage;

namespace OrleansChat.Grains;

/// <summary>
/// A session. Its row in the database is the session: whoever deletes it, or gives the account another stamp, has ended
/// it, whatever this activation believes. So every effect goes through a statement that checks the row, and what has no
/// statement of its own asks for it.
/// </summary>
public sealed class SessionGrain(
    [PersistentState(GrainKeys.SessionStateName, GrainKeys.StorageName)] IPersistentState<SessionState> session,
    ISessionTable sessions,
    IMailbox mailbox,
    IOptions<ChatSessionOptions> options,
    TimeProvider time) : Grain, ISessionGrain
{
    private string? _lastConnection;
    private bool _isWritingUse;

    private string Key => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public async Task<LogInStatus> LogIn(string user, string password, string connection)
    {
        var check = await User(user).CheckPassword(password);
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
        _lastConnection = connection;
        return LogInStatus.LoggedIn;
    }

    /// <inheritdoc/>
    public async Task<SendReply> Send(OutgoingMessage[] messages, string connection)
    {
        var use = await Use(connection);
        var statuses = new SendStatus[messages.Length];
        if (use.User is null) Array.Fill(statuses, SendStatus.NoSession);
        else if (messages.Length == 1) statuses[0] = await Deliver(messages[0].Recipient, messages);
        else await DeliverByRecipient(messages, statuses);

        if (statuses.Contains(SendStatus.NoRecipient) && !await IsAlive()) Array.Fill(statuses, SendStatus.NoSession);
        return new SendReply(statuses.Contains(SendStatus.NoSession) ? default : use, statuses);
    }

    /// <inheritdoc/>
    public async Task<SendOnceReply> SendOnce(OutgoingMessage message, string connection)
    {
        var use = await Use(connection);
        var status = SendStatus.NoSession;
        SendReceipt? receipt = null;
        if (use.User is not null)
        {
            receipt = await mailbox.FindReceiptAsync(session.State.AccountId, message.OnceId!);
            if (receipt is null)
            {
                status = await Deliver(message.Recipient, [message]);
                if (status is SendStatus.Sent or SendStatus.AlreadyBound)
                    receipt = await mailbox.FindReceiptAsync(session.State.AccountId, message.OnceId!);
            }
            if (receipt is not null) status = SendStatus.Sent;
            if (status != SendStatus.Unavailable && !await IsAlive()) status = SendStatus.NoSession;
        }
        return new SendOnceReply(status == SendStatus.NoSession ? default : use, status, receipt?.MessageId ?? default, receipt?.Durability ?? "");
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
        return new ListUsersReply(use, await Presence().GetOnline());
    }

    /// <inheritdoc/>
    public async Task<string?> LogOut()
    {
        if (!IsOpen || !await IsAlive()) return null;
        var user = session.State.User;
        await End();
        return user;
    }

    /// <inheritdoc/>
    public async Task Revoke()
    {
        if (await IsAlive()) return;
        if (session.RecordExists) await session.ReadStateAsync();
        await End();
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
        if (!IsOpen) return default;
        if (!_isWritingUse && time.GetUtcNow() - session.State.UsedAt >= ChatSessionOptions.WriteUseEvery) await WriteUse();
        if (!session.RecordExists) return default;
        var moved = connection != _lastConnection;
        _lastConnection = connection;
        return new SessionUse(session.State.User, moved);
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

    private Task<SendStatus> Deliver(string recipient, OutgoingMessage[] messages) =>
        UserName.IsValid(recipient)
            ? User(recipient).Append(new MailboxDelivery(Key, messages))
            : Task.FromResult(SendStatus.NoRecipient);

    /// <summary>One delivery a recipient, side by side; the messages to one recipient keep their order.</summary>
    private async Task DeliverByRecipient(OutgoingMessage[] messages, SendStatus[] statuses)
    {
        var deliveries = messages.Select((message, index) => (message, index)).GroupBy(m => m.message.Recipient).Select(async group =>
        {
            var status = await Deliver(group.Key, [.. group.Select(m => m.message)]);
            foreach (var (_, index) in group) statuses[index] = status;
        });
        await Task.WhenAll(deliveries);
    }

    /// <summary>Deletes the session, and has presence forget it, on whatever connection it is.</summary>
    private async Task End()
    {
        try
        {
            if (session.RecordExists) await session.ClearStateAsync();
        }
        catch (InconsistentStateException)
        {
            // Another activation wrote its last use, or deleted the row.
            await session.ReadStateAsync();
            if (session.RecordExists) await session.ClearStateAsync();
        }
        await Presence().EndSession(Key);
        DeactivateOnIdle();
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
}
