using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Grains.Logs;
using OrleansChat.Grains.Push;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Grains.Rooms;

/// <summary>
/// A room. It numbers what is sent to it, as an inbox does, and knows whom it has found to be members; the members themselves are rows. A
/// name that is not a room's leaves nothing behind here.
/// </summary>
/// <remarks>
/// A no is asked again each time, with the same one look-up for a private room and for a name that no room has. A room that was deleted,
/// and made again under its name, has another log, which the look-up names.
/// </remarks>
[GrainType("room")]
public sealed partial class RoomGrain(
    IMailbox mailbox, IRooms rooms, IConversations conversations, RoomLimits limits, LimitMetrics metrics, GatewayOutboxes outboxes,
    TimeProvider time)
    : Grain, IRoomGrain, IRoomPushGrain
{
    /// <summary>A room may take at once what it takes in this many seconds.</summary>
    private const int BurstSeconds = 10;

    private readonly RateLimit? _rate = limits.MessagesPerSecond == 0
        ? null
        : new RateLimit(limits.MessagesPerSecond, limits.MessagesPerSecond * BurstSeconds, time);

    private MailboxAppender? _appender;

    private string Name => field ??= GrainKeys.RoomName(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public async ValueTask<AppendReply> Append(MailboxDelivery delivery)
    {
        try
        {
            if (_appender is null)
            {
                var admission = await rooms.AdmitAsync(delivery.SessionKey, Name);
                if (admission is not { MayWrite: true })
                {
                    CloseIfEmpty();
                    return new(admission is null ? SendStatus.NoSession : SendStatus.NoRecipient);
                }
                Open(admission.Value.LogId);
            }
            var appender = _appender!;
            var (result, quota) = await appender.AppendAsync(delivery);
            if (quota == QuotaResult.RoomBusy) metrics.Hit(LimitNames.Room);
            // It has found another room of this name.
            if (result?.Result == AppendResult.Blocked && _appender != appender) return await Append(delivery);
            if (result is { Result: AppendResult.Stored } stored)
            {
                _gateways?.Moved(appender.AccountId);
                return Appends.Stored(stored);
            }
            return new(result?.Result switch
            {
                null => SendStatus.RoomBusy,
                AppendResult.SessionEnded => SendStatus.NoSession,
                AppendResult.AlreadyBound => SendStatus.AlreadyBound,
                AppendResult.Blocked => SendStatus.NoRecipient,
                _ => SendStatus.Unavailable,
            });
        }
        catch (StorageUnavailableException)
        {
            return new(SendStatus.Unavailable);
        }
    }

    /// <inheritdoc/>
    public async Task<RoomChangeReply> Change(string sessionKey, RoomChangeRequest request)
    {
        if (Fault(request) is { } fault) return new RoomChangeReply(fault, 0, 0);
        // Anyone may come to a public room and leave it, and each time it says so.
        var rate = request.Action is RoomAction.Join or RoomAction.Leave ? _rate : null;
        var isTaken = rate is null || rate.Take(1) == 1;
        var isDone = false;
        try
        {
            if (!isTaken) return new RoomChangeReply(await FindBusy(sessionKey), 0, 0);
            var outcome = await rooms.ChangeAsync(sessionKey, new RoomChange(
                request.Id, (RoomChangeKind)request.Action, Name, request.User, (RoomRole)request.Role, request.Title, request.IsPublic,
                request.ShowsAll));
            isDone = outcome.Result == RoomResult.Done;
            // Else this activation ends, and with it what it knows of the rate.
            if (isDone && rate is not null) Open(outcome.LogId);
            if (isDone) _gateways?.Moved(outcome.LogId);
            return isDone
                ? new RoomChangeReply(RoomChangeStatus.Done, outcome.LogId, outcome.Number)
                : new RoomChangeReply(StatusOf(outcome.Result), 0, 0);
        }
        catch (StorageUnavailableException)
        {
            return new RoomChangeReply(RoomChangeStatus.Unavailable, 0, 0);
        }
        finally
        {
            // Nobody outside uses up what members have.
            if (isTaken && !isDone) rate?.GiveBack(1);
            // Also if it is unknown whether it was made. Nobody may write less because somebody has come.
            _appender?.EndMoved();
            if (request.Action is not (RoomAction.Create or RoomAction.Join or RoomAction.Add or RoomAction.Set))
                _appender?.BlocksChanged();
            CloseIfEmpty();
        }
    }

    /// <inheritdoc/>
    public async Task<ConversationReply<Position>> Delete(string sessionKey, string epoch, long number, Guid id)
    {
        try
        {
            while (true)
            {
                if (await rooms.AdmitAsync(sessionKey, Name) is not { } admission) return No(ConversationStatus.NoSession);
                var log = admission.LogId;
                if (log == 0) return No(ConversationStatus.NotFound);
                if (await conversations.GetEpochAsync() != epoch) return No(ConversationStatus.OtherEpoch);
                if (await rooms.FindDeletionAsync(sessionKey, log, number) is not { } deletion) return No(ConversationStatus.NotFound);
                if (deletion > 0) return new(ConversationStatus.Answered, new Position(log, deletion));
                Open(log);
                switch (await _appender!.DeleteAsync(sessionKey, id, number))
                {
                    // Now, by an earlier attempt, or by another client: the number tells. Or the membership has ended.
                    case AppendResult.Stored or AppendResult.TargetGone or AppendResult.Blocked:
                        _gateways?.Moved(log);
                        continue;
                    case AppendResult.SessionEnded: return No(ConversationStatus.NoSession);
                    default: return No(ConversationStatus.Unavailable);
                }
            }
        }
        catch (StorageUnavailableException)
        {
            return No(ConversationStatus.Unavailable);
        }
        finally
        {
            CloseIfEmpty();
        }

        static ConversationReply<Position> No(ConversationStatus status) => new(status, null);
    }

    /// <inheritdoc/>
    public Task Refresh()
    {
        _appender?.EndMoved();
        _appender?.BlocksChanged();
        _gateways?.MovedAll();
        CloseIfEmpty();
        return Task.CompletedTask;
    }

    private void Open(long log)
    {
        if (_appender?.AccountId == log) return;
        _appender = new MailboxAppender(mailbox, log, AccountLimits.None, time, new RoomEntrance(AskAsync, _rate));

        async Task<Admission?> AskAsync(string sessionKey)
        {
            if (await rooms.AdmitAsync(sessionKey, Name) is not { } admission) return null;
            if (admission.LogId != 0) Open(admission.LogId);
            return new Admission(admission.AccountId, IsBlocked: !admission.MayWrite || admission.LogId != log);
        }
    }

    /// <summary>Somebody outside is not told that a private room is busy.</summary>
    private async Task<RoomChangeStatus> FindBusy(string sessionKey)
    {
        metrics.Hit(LimitNames.Room);
        var (room, reason) = await rooms.FindAsync(sessionKey, Name);
        return room is not null ? RoomChangeStatus.Busy
            : reason == NoAnswer.NoSession ? RoomChangeStatus.NoSession
            : RoomChangeStatus.NoSuchRoom;
    }

    /// <summary>A guessed name costs one read and leaves nothing behind.</summary>
    private void CloseIfEmpty()
    {
        if (_appender is null && _gateways is not { HasAny: true }) DeactivateOnIdle();
    }

    private RoomChangeStatus? Fault(RoomChangeRequest request) => request switch
    {
        _ when !RoomName.IsValid(Name) => RoomChangeStatus.BadName,
        { Action: < RoomAction.Create or > RoomAction.Delete } => RoomChangeStatus.Malformed,
        { Role: < MemberRole.Banned or > MemberRole.Owner } or { Action: RoomAction.Add, Role: MemberRole.Banned } =>
            RoomChangeStatus.NoSuchRole,
        { Title: { } title } when !RoomTitle.IsValid(title) => RoomChangeStatus.BadTitle,
        { Action: RoomAction.Create, Title: null } => RoomChangeStatus.BadTitle,
        { Action: RoomAction.Create } when request.IsPublic is null || request.ShowsAll is null => RoomChangeStatus.Malformed,
        { Action: RoomAction.Add or RoomAction.Remove or RoomAction.SetRole, User: null } => RoomChangeStatus.Malformed,
        // These are about the session's owner.
        { Action: RoomAction.Create or RoomAction.Join or RoomAction.Leave, User: not null } => RoomChangeStatus.Malformed,
        _ => null,
    };

    private static RoomChangeStatus StatusOf(RoomResult result) => result switch
    {
        RoomResult.NoSession => RoomChangeStatus.NoSession,
        RoomResult.NoSuchRoom => RoomChangeStatus.NoSuchRoom,
        RoomResult.Forbidden => RoomChangeStatus.Forbidden,
        RoomResult.NameTaken => RoomChangeStatus.NameTaken,
        RoomResult.NoSuchUser => RoomChangeStatus.NoSuchUser,
        RoomResult.NotAMember => RoomChangeStatus.NotAMember,
        RoomResult.RoomFull => RoomChangeStatus.RoomFull,
        RoomResult.TooManyRooms => RoomChangeStatus.TooManyRooms,
        RoomResult.LastOwner => RoomChangeStatus.LastOwner,
        RoomResult.HasLeft => RoomChangeStatus.HasLeft,
        _ => RoomChangeStatus.Unavailable,
    };
}
