using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Grains;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Identifiers;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>Invitations into rooms, through whichever silo.</summary>
[Collection(ClusterCollection.Name)]
public sealed class RoomInvitationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Changes = 3;

    private ChatCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ChatCluster.StartAsync(
        postgres.ConnectionString, silos: 2, limits: new AccountLimits { SendsPerSecond = 0, ChangesAtOnce = Changes });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Anyone_who_redeems_one_writes_at_once_and_those_who_wrote_before_go_on()
    {
        var (owner, guest) = (await EnterAsync(0), await EnterAsync(1));
        var room = await CreateAsync(owner);
        Assert.Equal(SendStatus.Sent, await owner.Session.SendAsync($"#{room}", "before"));
        Assert.Equal(SendStatus.NoRecipient, await guest.Session.SendAsync($"#{room}", "not yet"));
        var digest = SecretCode.DigestOf("a code");
        var made = await owner.Account.InviteIntoRoom(owner.Session.Key, digest, 2, null, room).InTime();
        Assert.Equal(AccountStatus.Done, made.Status);

        var redeemed = await RedeemAsync(guest, digest);

        Assert.Equal((AccountStatus.Done, room, 3L), (redeemed.Status, redeemed.Room, redeemed.Number));
        Assert.Equal(SendStatus.Sent, await owner.Session.SendAsync($"#{room}", "welcome"));
        Assert.Equal(SendStatus.Sent, await guest.Session.SendAsync($"#{room}", "thanks"));
        Assert.Equal(["welcome"], (await guest.Session.ReadAllAsync())!.Select(message => message.TextOf()));
        Assert.Equal(redeemed, await RedeemAsync(guest, digest));
        Assert.Equal(new RedemptionReply(AccountStatus.NoInvitation), await RedeemAsync(guest, SecretCode.DigestOf("guess")));
        await guest.Session.Grain.LogOut().InTime();
        Assert.Equal(new RedemptionReply(AccountStatus.NoSession), await RedeemAsync(guest, digest));
    }

    [Fact]
    public async Task They_are_for_rooms_also_where_nobody_registers_and_bad_ones_have_outcomes_of_their_own()
    {
        var (owner, other) = (await EnterAsync(0), await EnterAsync(1));
        var room = await CreateAsync(owner);
        Assert.Equal(AccountStatus.Closed, (await owner.Account.Invite(owner.Session.Key, "d", 1, null).InTime()).Status);
        Assert.Equal(AccountStatus.BadInvitation, (await InviteAsync(owner, room, uses: 0)).Status);
        Assert.Equal(AccountStatus.BadInvitation, (await InviteAsync(owner, room, uses: 101)).Status);
        Assert.Equal(AccountStatus.NoSuchRoom, (await InviteAsync(other, "..")).Status);
        Assert.Equal(AccountStatus.NoSuchRoom, (await InviteAsync(other, room)).Status);
        Assert.Equal(AccountStatus.NoSuchRoom, (await InviteAsync(other, "nowhere")).Status);
        var add = new RoomChangeRequest(MessageId.New(DateTimeOffset.UtcNow), RoomAction.Add, other.Name);
        await RoomOf(room).Change(owner.Session.Key, add).InTime();
        Assert.Equal(AccountStatus.Forbidden, (await InviteAsync(other, room)).Status);
        Assert.Equal(AccountStatus.TooManyChanges, (await InviteAsync(other, room)).Status);
    }

    private async Task<Someone> EnterAsync(int silo)
    {
        var name = await postgres.AddUserAsync("user");
        var gateway = _cluster.Through(silo);
        return new Someone(name, await gateway.LogInAsync(name), gateway.GetGrain<IAccountGrain>(GrainKeys.ForUser(name)));
    }

    private async Task<string> CreateAsync(Someone owner)
    {
        var room = "room-" + Guid.NewGuid().ToString("N")[..12];
        var request = new RoomChangeRequest(
            MessageId.New(DateTimeOffset.UtcNow), RoomAction.Create, Title: "A Room", IsPublic: false, ShowsAll: false);
        Assert.Equal(RoomChangeStatus.Done, (await RoomOf(room).Change(owner.Session.Key, request).InTime()).Status);
        return room;
    }

    private IRoomGrain RoomOf(string room) => _cluster.Through(0).GetGrain<IRoomGrain>(GrainKeys.ForRoom(room));

    private static Task<InvitationReply> InviteAsync(Someone maker, string room, int uses = 1) =>
        maker.Account.InviteIntoRoom(maker.Session.Key, SecretCode.DigestOf(SecretCode.New()), uses, null, room).InTime();

    private static Task<RedemptionReply> RedeemAsync(Someone guest, string digest) =>
        guest.Account.Redeem(guest.Session.Key, digest, MessageId.New(DateTimeOffset.UtcNow)).InTime();

    /// <summary>A user with a session.</summary>
    private sealed record Someone(string Name, TestSession Session, IAccountGrain Account);
}
