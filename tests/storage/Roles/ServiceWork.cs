using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Retention;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Schema;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Storage.Tests.Roles;

/// <summary>All that silos, gateways and admin commands do with a database, each statement once, under roles of their own.</summary>
internal sealed partial class ServiceWork : IAsyncDisposable
{
    // All but the one that deletes a whole cluster, which Orleans runs in its own tests. Those of grain states touch what
    // GrainStateTable touches.
    private static readonly string[] Membership =
    [
        "InsertMembershipVersionKey", "InsertMembershipKey", "UpdateMembershipKey", "UpdateIAmAlivetimeKey", "MembershipReadAllKey",
        "MembershipReadRowKey", "GatewaysQueryKey", "CleanupDefunctSiloEntriesKey",
    ];

    private readonly Database _database;
    private readonly NpgsqlDataSource _gateway;
    private readonly AccountStore _accounts;
    private readonly SessionTable _sessions;
    private readonly GrainStateTable _states;
    private int _runs;

    public ServiceWork(string service, string gateway)
    {
        // Npgsql believes of a statement that was refused while it was prepared that it has no rows, for as long as the connection lives.
        _database = new Database(
            new StorageOptions { ConnectionString = $"{service};Max Auto Prepare=0" }, NullLogger<Database>.Instance);
        _gateway = NpgsqlDataSource.Create(gateway);
        _accounts = new AccountStore(_database.DataSource, new Passwords(iterations: 1));
        _sessions = new SessionTable(_database.DataSource);
        _states = new GrainStateTable(_database.DataSource);
    }

    /// <summary>Does all of it, until something is refused.</summary>
    public async Task RunAsync()
    {
        await Migrator.CheckAsync(_database.DataSource, default);
        await _database.ReadDurabilityAsync(default);
        await using var hostLock = new HostLock(
            _database, HostKind.Alone, ProgramSchema.OfThisProgram, TimeProvider.System, NullLogger<HostLock>.Instance);
        await hostLock.AcquireAsync(TimeSpan.FromMinutes(1), default);
        await OrleansAsync(_database.DataSource, Membership);
        await OrleansAsync(_gateway, ["GatewaysQueryKey"]);

        var user = string.Create(CultureInfo.InvariantCulture, $"user{++_runs}");
        await _accounts.AddAsync(user, "A User", "secret");
        var stored = await _states.ReadAsync(GrainKeys.UserStateName, GrainKeys.ForUser(user), default);
        var account = JsonSerializer.Deserialize<UserState>(stored!.Payload)!;
        var session = JsonSerializer.SerializeToUtf8Bytes(
            new SessionState { User = user, AccountId = account.AccountId, SecurityStamp = account.SecurityStamp });
        var key = $"s:{user}";
        await _states.WriteAsync(GrainKeys.SessionStateName, key, session, null, default);
        await _states.WriteAsync(GrainKeys.SessionStateName, key, session, 1, default);
        await MailboxAsync(account.AccountId, key);
        await ConversationsAsync(user, key);
        await RoomsAsync(user, account.AccountId, key);
        await OwnersAsync(user, account.SecurityStamp, key);

        await _sessions.GetAliveAsync([key]);
        await _states.DeleteAsync(GrainKeys.SessionStateName, key, 3, default);
        await _sessions.GetDeadAsync(user);
        await _sessions.DeleteExpiredAsync(TimeSpan.FromDays(7));
        await _sessions.GetRecentAsync(TimeSpan.FromMinutes(1));
        await _accounts.ListAsync();
        await _accounts.DisableAsync(user);
        await _accounts.EnableAsync(user);
        await OperateAsync(user);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    private async Task MailboxAsync(long account, string session)
    {
        await using var writer = await MailboxConnection.OpenAsync(_database, default);
        PendingGroup[] first = [new(MailboxWorld.Group(account, 1, session, MailboxWorld.Message("one")))];
        PendingGroup[] second = [new(MailboxWorld.Group(account, 2, session, MailboxWorld.Message("two", "once")))];
        Assert.True(await writer.TryInsertAsync(first));
        Assert.False(await writer.TryInsertAsync(first));
        Assert.True(await writer.TryInsertAsync(second));
        Assert.False(await writer.TryInsertAsync(
            [new(MailboxWorld.Group(account, 9, session, MailboxWorld.Message("of no predecessor")))]));
        await writer.JudgeAsync(second);

        await using var mailbox = new Mailbox(
            _database, new StorageOptions { ConnectionString = "" }, TimeProvider.System, NullLogger<Mailbox>.Instance);
        Assert.Equal(new MailboxEnds(2, 0), await mailbox.GetEndsAsync(account));
        Assert.Equal(0, await mailbox.CountUnreadAsync(account, 0));
        Assert.NotNull(await mailbox.AdmitAsync(account, session));
        Assert.Equal(2, (await mailbox.ReadAsync(account, session, 0, 1000))!.Messages.Count);
        Assert.Equal(0, await mailbox.FindDeletionAsync(account, session, 1));
        Assert.True(await writer.TryInsertAsync(
            [new(MailboxWorld.Group(account, 3, session, MailboxWorld.Message("") with { Target = 1 }))]));
        await mailbox.AdvanceAsync(account, 1);
        await mailbox.FindReceiptAsync(account, "once");
        await new MailboxPurge(_database.DataSource).RunOnceAsync(default);
    }

    private async Task ConversationsAsync(string user, string session)
    {
        var conversations = new Storage.Conversations.Conversations(_database.DataSource);
        var epoch = await conversations.GetEpochAsync();
        var around = new PageQuery(user, PageSide.Around, new Place(2, 0), epoch, 1);
        Assert.Single((await conversations.ReadPageAsync(session, around)).Value!.Entries);
        Assert.Single((await conversations.ListAsync(session, 1, null)).Value!.Conversations);
        Assert.NotNull((await conversations.FindAsync(session, user)).Value);
        Assert.NotNull((await conversations.MarkReadAsync(session, epoch, user, 1)).Value);
        Assert.NotNull((await conversations.SetMutedAsync(session, user, true)).Value);
        Assert.True((await conversations.SetBlockedAsync(session, user, true)).Value);
        Assert.Equal([user], (await conversations.ListBlockedAsync(session)).Value!);
        Assert.NotNull((await conversations.ReadLogAsync(session, epoch, 0, 9)).Value);
        Assert.Equal(2, (await conversations.ReceiveAsync(session, epoch, 2)).Value);
    }

    private async Task RoomsAsync(string user, long account, string session)
    {
        var rooms = new RoomStore(_database.DataSource, new RoomLimits());
        var room = Change(RoomChangeKind.Create) with { Title = "A Room", IsPublic = true, ShowsAll = true };
        var log = (await rooms.ChangeAsync(session, room)).LogId;
        Assert.NotEqual(0, log);
        Assert.Equal(log, (await rooms.AdmitAsync(session, room.Room))!.Value.LogId);
        await using var mailbox = new Mailbox(
            _database, new StorageOptions { ConnectionString = "" }, TimeProvider.System, NullLogger<Mailbox>.Instance);
        Assert.Equal(AppendResult.Stored, await mailbox.AppendAsync(
            new MailboxGroup(log, 2, session, [MailboxWorld.Message("one")], IsRoom: true)));
        Assert.Equal(AppendResult.Conflict, await mailbox.AppendAsync(
            new MailboxGroup(log, 2, session, [MailboxWorld.Message("two")], IsRoom: true)));
        Assert.Equal(AppendResult.Stored, await mailbox.AppendAsync(
            new MailboxGroup(log, 3, session, [MailboxWorld.Message("") with { Target = 2 }], IsRoom: true)));
        await mailbox.AdvanceAsync(account, 0, [new(log, 3)]);
        var epoch = (await rooms.FindAsync(session, room.Room)).Value!.Epoch;
        Assert.NotNull((await rooms.MarkReadAsync(session, epoch, room.Room, 2)).Value);
        Assert.NotNull((await rooms.SetMutedAsync(session, room.Room, true)).Value);
        Assert.Equal(3, await rooms.FindDeletionAsync(session, log, 2));
        Assert.Equal(2, (await rooms.ReadPageAsync(session, new RoomPageQuery(room.Room, PageSide.Newest, 0, "", 9))).Value!.Entries.Count);
        Assert.Equal(3, (await rooms.ReadLogAsync(session, epoch, log, 0, 9)).Value!.Entries.Count);
        Assert.Single((await rooms.ListMembersAsync(session, room.Room, 9, 0)).Value!);
        Assert.Contains((await rooms.ListAsync(session, true, 9, "")).Value!, found => found.Name == room.Room);
        Assert.Equal(room.Room, (await rooms.FindNameAsync(session, epoch, log)).Value);
        Assert.Equal(2, (await rooms.ListConversationsAsync(session, 9, null)).Value!.List.Conversations.Count);
        Assert.Equal(2, (await rooms.ReceiveAsync(session, epoch, [new(account, 3), new(log, 3)])).Value!.Count);
        Assert.NotEmpty(await rooms.GetRecentAsync(TimeSpan.FromMinutes(1)));
        await rooms.OperateAsync(Change(RoomChangeKind.Role) with { User = user, Role = RoomRole.Moderator });
        Assert.Equal(RoomResult.Done, (await rooms.OperateAsync(Change(RoomChangeKind.Delete))).Result);

        RoomChange Change(RoomChangeKind kind) => new(MessageId.New(TimeProvider.System.GetUtcNow()), kind, $"room-{user}");
    }

    private async Task OwnersAsync(string user, Guid stamp, string session)
    {
        var owners = new OwnAccounts(_database.DataSource);
        Assert.Single((await owners.ListSessionsAsync(session)).Value!);
        Assert.Equal(session, (await owners.FindSessionAsync(session, SessionId.Of(session))).Value);
        Assert.NotEmpty((await owners.FindUsersAsync(session, user, 1)).Value!);
        Assert.Equal(OwnResult.Done, await owners.RenameAsync(session, user, "Another Name"));
        Assert.Equal(OwnResult.Done, await owners.SetPasswordAsync(session, user, stamp, "hash"));
        var registrations = new Registrations(_database.DataSource, new RoomLimits());
        var digest = SecretCode.DigestOf(SecretCode.New());
        Assert.Equal(InvitationResult.Done, (await registrations.InviteAsync(session, digest, 1, null)).Result);
        Assert.Equal(RegistrationResult.Done, await registrations.FindVacancyAsync($"{user}-guest", digest));
        Assert.Equal(RegistrationResult.Done, await registrations.RegisterAsync($"{user}-guest", "A Guest", "hash", digest));
        await InvitationsAsync(registrations, user, session);
        var code = SecretCode.DigestOf((await _accounts.MakeResetCodeAsync($"{user}-guest")).Code);
        Assert.True(await registrations.HasResetCodeAsync($"{user}-guest", code));
        Assert.True(await registrations.ResetAsync($"{user}-guest", code, "hash"));
    }

    private async Task InvitationsAsync(Registrations registrations, string user, string session)
    {
        var rooms = new RoomStore(_database.DataSource, new RoomLimits());
        var room = new RoomChange(
            MessageId.New(TimeProvider.System.GetUtcNow()), RoomChangeKind.Create, $"party-{user}", Title: "Room", IsPublic: false,
            ShowsAll: false);
        var log = (await rooms.ChangeAsync(session, room)).LogId;
        var digest = SecretCode.DigestOf(SecretCode.New());
        Assert.Equal(InvitationResult.Done, (await registrations.InviteAsync(session, digest, 2, null, room.Room)).Result);
        Assert.Equal(
            new Redemption(RedemptionResult.Done, room.Room, log, 1),
            await registrations.RedeemAsync(session, digest, MessageId.New(TimeProvider.System.GetUtcNow())));
        Assert.Equal(RegistrationResult.Done, await registrations.RegisterAsync($"{user}-friend", "A Friend", "hash", digest));
        var invitations = new InvitationList(_database.DataSource);
        var open = (await invitations.ReadAsync()).Single(found => found.UserName == user);
        Assert.Equal((room.Room, 1), (open.Room, open.Uses));
        Assert.True(await invitations.WithdrawAsync(open.Id));
    }

    // What operators do beside adding users, and what the housekeeping does for it.
    private async Task OperateAsync(string user)
    {
        await _accounts.SetBlockedAsync(user, user, isBlocked: true);
        await _accounts.ListBlocksAsync(user);
        await new AccountExport(_database.DataSource).WriteAsync(user, Stream.Null);
        await Epoch.RenewAsync(_database.DataSource);
        var retention = new RetentionStore(_database.DataSource);
        await retention.ReadAsync();
        await retention.CountAsync(TimeSpan.Zero, isNow: true);
        await retention.SetAsync(TimeSpan.FromDays(365), isNow: false);
        await retention.SetReceiptsAsync(TimeSpan.FromDays(365));
        // The purge finds another retention than the one that it has applied.
        await _database.DataSource.ExecuteAsync("test", "UPDATE retention SET applied = NULL", []);
        await new MailboxPurge(_database.DataSource).RunOnceAsync(default);
        await new ReceiptPurge(_database.DataSource).RunOnceAsync(default);
        await _accounts.RemoveAsync(user);
        await _accounts.EraseAsync(user);
    }

    // As Orleans does it: the statements are read, and run with the parameters that they name.
    private static async Task OrleansAsync(NpgsqlDataSource source, string[] keys)
    {
        var queries = await source.QueryAsync(
            "test", "SELECT querykey, querytext FROM orleansquery", [], reader => (Key: reader.GetString(0), Text: reader.GetString(1)));
        foreach (var (key, text) in queries.Where(query => keys.Contains(query.Key)))
        {
            await using var command = source.CreateCommand(text);
            foreach (var name in ParameterPattern().Matches(text).Select(match => match.Groups[1].Value).Distinct())
                command.Parameters.AddWithValue(name, ParameterOf(name));
            await command.ExecuteNonQueryAsync();
        }
    }

    // What the membership's statements are given. Versions do not fit, which is nothing to privileges.
    private static object ParameterOf(string name) => name switch
    {
        "Port" or "Generation" or "Status" or "ProxyPort" or "Version" => 1,
        "StartTime" or "IAmAliveTime" => DateTime.UtcNow,
        _ => "text",
    };

    [GeneratedRegex("@([A-Za-z]+)")]
    private static partial Regex ParameterPattern();
}
