using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Grains.Logs;
using OrleansChat.Grains.Push;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Grains.Users;

/// <summary>
/// A user. The account is the grain's state; the mailbox is a table of its own, for which this grain only assigns the numbers:
/// see <see cref="MailboxAppender"/>.
/// </summary>
[GrainType("user")]
public sealed partial class UserGrain(
    [PersistentState(GrainKeys.UserStateName, GrainKeys.StorageName)] IPersistentState<UserState> account,
    IMailbox mailbox,
    IConversations conversations,
    IRooms chatRooms,
    IOwnAccounts owners,
    IRegistrations registrations,
    IPasswordVerifier passwords,
    IOptions<AccountLimits> limits,
    IOptions<AccountRules> rules,
    LimitMetrics metrics,
    GatewayOutboxes outboxes,
    TimeProvider time,
    ILogger<UserGrain> logger) : Grain, IUserGrain, IConversationGrain, IMemberGrain, IAccountGrain, IInboxPushGrain
{
    /// <summary>The most that one <c>inbox</c> returns: about 1 MiB of reply.</summary>
    private const int MaxInboxBytes = 1 << 20;

    /// <summary>How often it is said whether a password is remembered, for each account.</summary>
    private const int RecallsPerSecond = 1, RecallsAtOnce = 20;

    private readonly AccountLimits _limits = limits.Value;
    private MailboxAppender? _appender;
    private ProvenPassword? _proven;
    private RateLimit? _recalls;
    private RateLimit? _sends;
    private bool _remembersGuesses;

    private LoginAttempts Logins => field ??= new LoginAttempts(_limits.WrongPasswords, time);

    private bool Exists
    {
        get
        {
            // A guessed name costs one read and leaves nothing behind, unless guesses at it must be limited as those at others are.
            if (!account.RecordExists && !_remembersGuesses) DeactivateOnIdle();
            return account.RecordExists && !account.State.Disabled;
        }
    }

    /// <inheritdoc/>
    public ValueTask<PasswordRecall> Recall(Secret password, string address)
    {
        _recalls ??= new RateLimit(RecallsPerSecond, RecallsAtOnce, time);
        if (!Exists || _proven?.IsFor(account.State.PasswordHash) != true || _recalls.Take(1) == 0) return new(PasswordRecall.Nothing);
        if (!TryBegin(address)) return new(PasswordRecall.TooManyAttempts);
        if (!_proven.Is(password.Value)) return new(PasswordRecall.Other);
        // The login may still fail, for reasons that are not the owner's.
        Logins.NotChecked(address);
        return new(PasswordRecall.Right);
    }

    /// <inheritdoc/>
    public async Task<PasswordCheck> CheckPassword(Secret password, string address, PasswordRecall recall, bool hidesUsers)
    {
        _remembersGuesses |= hidesUsers;
        if (!Exists) return new PasswordCheck { Status = hidesUsers ? await Pretend(password, address) : LogInStatus.NoSuchUser };
        if (recall != PasswordRecall.Other && !TryBegin(address)) return new PasswordCheck { Status = LogInStatus.TooManyAttempts };
        var status = LogInStatus.Busy;
        try
        {
            var check = await Check(password, address, recall);
            status = check.Status;
            return check;
        }
        finally
        {
            if (status == LogInStatus.LoggedIn) Logins.Succeeded(address);
            else if (status == LogInStatus.Busy) Logins.NotChecked(address);
        }
    }

    /// <inheritdoc/>
    public ValueTask<SendLoan> LendSends(int wanted)
    {
        if (_limits.SendsPerSecond == 0) return new(new SendLoan(wanted, int.MaxValue, _gateways?.HasAny == true));
        _sends ??= new RateLimit(_limits.SendsPerSecond, _limits.SendsPerSecond * SessionLease.MostSeconds, time);
        return new(new SendLoan(_sends.Take(wanted), _sends.Left, _gateways?.HasAny == true));
    }

    /// <inheritdoc/>
    public async ValueTask<AppendReply> Append(MailboxDelivery delivery)
    {
        if (!Exists) return new(SendStatus.NoRecipient);
        try
        {
            var (result, quota) = await Appender().AppendAsync(delivery);
            if (result is null && delivery.Messages.Length == 1)
                metrics.Hit(quota == QuotaResult.MailboxFull ? LimitNames.Mailbox : LimitNames.MailboxShare);
            if (result is { Result: AppendResult.Stored } stored)
            {
                Appended();
                return Appends.Stored(stored);
            }
            return new(result?.Result switch
            {
                null => SendStatus.MailboxFull,
                AppendResult.SessionEnded => SendStatus.NoSession,
                AppendResult.AlreadyBound => SendStatus.AlreadyBound,
                AppendResult.Blocked => SendStatus.NoRecipient,
                AppendResult.Conflict => await IsStillThere() ? SendStatus.Unavailable : SendStatus.NoRecipient,
                _ => SendStatus.Unavailable,
            });
        }
        catch (StorageUnavailableException)
        {
            return new(SendStatus.Unavailable);
        }
    }

    /// <inheritdoc/>
    public async Task<InboxPage?> ReadInbox(string sessionKey, InboxPositions after)
    {
        if (!Exists) return null;
        var unread = await mailbox.ReadAsync(account.State.AccountId, sessionKey, after.Number, MaxInboxBytes, ToNumbers(after.Rooms));
        if (unread is null) return null;
        InboxMessage[] messages =
            [.. unread.Messages.Select(m => new InboxMessage(m.Number, m.Sender, m.SenderName, m.Text, m.Room, m.RoomLog))];
        return new InboxPage(
            account.State.DisplayName, account.State.AccountId, messages, unread.Through,
            [.. unread.Rooms.Select(room => new Position(room.LogId, room.Number))]);
    }

    /// <inheritdoc/>
    public async Task MarkReceived(long accountId, InboxPositions positions)
    {
        // A later user of the same name has another mailbox.
        if (!account.RecordExists || account.State.AccountId != accountId) return;
        await mailbox.AdvanceAsync(accountId, positions.Number, ToNumbers(positions.Rooms));
        if (_appender?.AccountId == accountId) _appender.Received(positions.Number);
    }

    /// <inheritdoc/>
    public async Task Refresh()
    {
        await account.ReadStateAsync();
        _appender?.BlocksChanged();
        _gateways?.Tell(new UserNotice(Name, NoticeKind.Account));
        if (!account.RecordExists) DeactivateOnIdle();
    }

    private async Task<PasswordCheck> Check(Secret password, string address, PasswordRecall recall)
    {
        if (!Exists) return new PasswordCheck { Status = LogInStatus.NoSuchUser };
        var checkedState = account.State;
        if (recall == PasswordRecall.Right && _proven?.IsFor(checkedState.PasswordHash) == true && _proven.Is(password.Value))
            return RightFor(checkedState);
        if (await passwords.VerifyAsync(checkedState.PasswordHash, password.Value, address) is not { } verdict)
        {
            metrics.Hit(LimitNames.Hashes, address);
            return new PasswordCheck { Status = LogInStatus.Busy };
        }
        if (!verdict.IsRight)
        {
            // An admin command may have changed the password a moment ago.
            await account.ReadStateAsync();
            return account.RecordExists && account.State.PasswordHash == checkedState.PasswordHash
                ? new PasswordCheck { Status = LogInStatus.WrongPassword }
                : await Check(password, address, recall);
        }
        if (verdict.Rehashed is { } hash) await Rehash(checkedState, hash);
        _proven = new ProvenPassword(password.Value, verdict.Rehashed ?? checkedState.PasswordHash);
        return RightFor(checkedState);
    }

    /// <summary>
    /// Does with a password what is done with a wrong one, although there is no account. The grain stays in memory for as long as others:
    /// it has to remember the guesses, and each costs a hash, as with an account.
    /// </summary>
    private async Task<LogInStatus> Pretend(Secret password, string address)
    {
        if (!TryBegin(address)) return LogInStatus.TooManyAttempts;
        if (await passwords.VerifyAsync(Passwords.OfNobody, password.Value, address) is not null) return LogInStatus.WrongPassword;
        Logins.NotChecked(address);
        metrics.Hit(LimitNames.Hashes, address);
        return LogInStatus.Busy;
    }

    private bool TryBegin(string address)
    {
        if (Logins.TryBegin(address)) return true;
        metrics.Hit(LimitNames.Logins, address);
        return false;
    }

    /// <summary>The appender of the account; a later user of the same name has another.</summary>
    private MailboxAppender Appender() =>
        _appender?.AccountId == account.State.AccountId
            ? _appender
            : _appender = new MailboxAppender(mailbox, account.State.AccountId, _limits, time);

    private static PasswordCheck RightFor(UserState checkedState) => new()
    {
        Status = LogInStatus.LoggedIn,
        AccountId = checkedState.AccountId,
        SecurityStamp = checkedState.SecurityStamp,
    };

    /// <summary>Whether the account still exists: a mailbox that refuses every number is that of a removed account.</summary>
    private async Task<bool> IsStillThere()
    {
        await account.ReadStateAsync();
        return Exists;
    }

    /// <summary>Stores a hash with today's parameters. A failure does not fail the login.</summary>
    private async Task Rehash(UserState checkedState, string hash)
    {
        // Another call may have read the state again meanwhile.
        if (account.State != checkedState) return;
        var renewed = account.State = checkedState with { PasswordHash = hash };
        try
        {
            await account.WriteStateAsync();
        }
        catch (Exception exception)
        {
            if (ReferenceEquals(account.State, renewed)) account.State = checkedState;
            LogRehashFailed(exception);
            DeactivateOnIdle();
        }
    }

    [LoggerMessage(4010, LogLevel.Warning, "Renewing a password hash failed; the next login tries again.")]
    private partial void LogRehashFailed(Exception exception);
}
