using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Grains.Sessions;

/// <summary>
/// A session. Its row in the database is the session: deleting the row, or changing the account's stamp, ends it, whatever this
/// activation believes. So every effect goes through a statement that checks the row; an operation without such a statement
/// looks the row up.
/// </summary>
/// <remarks>In a cluster, it lives on the silo that the client's gateway calls, so that its first call needs no second hop.</remarks>
[GrainType("session"), PreferLocalPlacement]
public sealed partial class SessionGrain(
    [PersistentState(GrainKeys.SessionStateName, GrainKeys.StorageName)] IPersistentState<SessionState> session,
    ISessionTable sessions,
    IMailbox mailbox,
    IOptions<ChatSessionOptions> options,
    IOptions<AccountLimits> limits,
    TimeProvider time,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    private readonly long _startedOn = time.GetUtcNow().UtcTicks;
    private readonly long _startedAt = time.GetTimestamp();
    private string? _lastConnection;
    private long _lastUse;
    private bool _isWritingUse;
    private Task? _ending;
    private string? _ended;

    private string Key => field ??= this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public async Task<LogInStatus> LogIn(
        string user, Secret password, string connection, string address, PasswordRecall recall, bool hidesUsers, string door,
        string device)
    {
        var check = await User(user).CheckPassword(password, address, recall, hidesUsers);
        if (check.Status != LogInStatus.LoggedIn)
        {
            DeactivateOnIdle();
            return check.Status;
        }
        var now = time.GetUtcNow();
        session.State = new SessionState
        {
            User = user,
            AccountId = check.AccountId,
            SecurityStamp = check.SecurityStamp,
            UsedAt = now,
            Since = now,
            Door = NullIfEmpty(door),
            Device = NullIfEmpty(device),
            Address = NullIfEmpty(address),
        };
        await WriteOrDeactivate();
        if (!await IsAlive())
        {
            // The account was disabled, or its password changed, during the check.
            await End();
            await User(user).Refresh();
            return LogInStatus.WrongPassword;
        }
        _lastConnection = connection;
        return LogInStatus.LoggedIn;
    }

    /// <inheritdoc/>
    public async ValueTask<SessionLease> Lease(string connection, int sends)
    {
        var use = await Use(connection);
        var perSecond = limits.Value.SendsPerSecond;
        var loan = use.User is null || sends == 0 || perSecond == 0 ? default : await User(use.User).LendSends(sends);
        return new SessionLease(use, loan.Lent, perSecond, use.User is null ? 0 : session.State.AccountId, loan.Left, loan.HasStreams);
    }

    /// <inheritdoc/>
    public Task RecordUse(string connection, long number)
    {
        if (IsOpen && number > _lastUse) (_lastUse, _lastConnection) = (number, connection);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<bool> IsAlive()
    {
        if (!session.RecordExists) DeactivateOnIdle();
        return (await sessions.GetAliveAsync([Key])).Count == 1;
    }

    /// <inheritdoc/>
    public async Task<ReadInboxReply> ReadInbox(InboxPositions after, string connection)
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
        await WaitForEnd();
        // A repetition: telling presence of the end may have failed.
        if (_ended is { } ended)
        {
            await Presence().EndSession(Key);
            return ended;
        }
        var user = IsOpen && await IsAlive() ? session.State.User : null;
        // Also if it is dead or has expired; but a guessed token is not a session.
        if (session.RecordExists) await End(user);
        return user;
    }

    /// <inheritdoc/>
    public async Task Revoke()
    {
        if (!await IsAlive()) await End();
        // The password was changed by this session, which goes on.
        else if (session.RecordExists) await session.ReadStateAsync();
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

    // A gateway of an earlier version says nothing.
    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private IUserGrain User(string name) => GrainFactory.GetGrain<IUserGrain>(GrainKeys.ForUser(name));

    private IPresenceGrain Presence() => GrainFactory.GetGrain<IPresenceGrain>(GrainKeys.Presence);

    /// <summary>Notes a use of the session, by a connection, and returns it; stores the time of use once per hour.</summary>
    private async ValueTask<SessionUse> Use(string connection)
    {
        await WaitForEnd();
        if (!IsOpen) return default;
        if (!_isWritingUse && time.GetUtcNow() - session.State.UsedAt >= ChatSessionOptions.WriteUseEvery)
        {
            await WriteUse();
            await WaitForEnd();
            if (!IsOpen) return default;
        }
        var moved = connection != _lastConnection;
        _lastConnection = connection;
        // The clock may be set back; uses under a lease are numbered by the time that has passed.
        _lastUse = Math.Max(_lastUse + 1, _startedOn + time.GetElapsedTime(_startedAt).Ticks);
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

    /// <summary>Deletes the session, and makes presence forget it on all gateways.</summary>
    private async Task End(string? user = null)
    {
        await WaitForEnd();
        var owner = session.RecordExists ? session.State.User : null;
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
        var streams = EndStreams(owner);
        await Presence().EndSession(Key);
        await streams;
        DeactivateOnIdle();
    }

    /// <summary>Waits while the session is ending. The end may fail and the session live on, so no call is refused before.</summary>
    private async ValueTask WaitForEnd()
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
            // It is unknown what is stored; the next activation reads it.
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
            // It is unknown what is stored; the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }
}
