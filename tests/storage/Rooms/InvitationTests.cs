using System.Text;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Tests.Conversations;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>Invitations into rooms: who makes them, and what they open for those who are here.</summary>
public sealed class InvitationTests(InvitationWorld world) : IClassFixture<InvitationWorld>
{
    private readonly RoomWorld _rooms = world.Rooms;

    public static TheoryData<string> Reasons =>
    [
        "unknown", "expired", "used up", "not into a room", "withdrawn", "maker demoted", "maker left", "maker disabled", "room deleted",
        "room made again", "banned",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Anyone_who_redeems_one_is_a_member_by_an_entry_of_who_made_it(bool isPublic)
    {
        var (owner, moderator, guest) = (await _rooms.PersonAsync(), await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var room = await _rooms.RoomAsync(owner, isPublic);
        await _rooms.AddAsync(owner, room, moderator, RoomRole.Moderator);
        await _rooms.SendAsync(owner, room, "before");
        var digest = await world.InviteAsync(moderator, room, uses: 2);

        Assert.Equal(new Redemption(RedemptionResult.Done, room.Name, room.Log, 4), await world.RedeemAsync(guest, digest));

        Assert.Equal(1, await world.UsesAsync(digest));
        Assert.Equal(RoomRole.Member, await _rooms.RoleAsync(guest, room));
        var entry = Assert.Single(await _rooms.EntriesAsync(guest, room));
        Assert.Equal(
            (4, StoredKind.Joined, moderator.Name, guest.Name, "member"),
            ((int)entry.Number, entry.Kind, entry.Sender, entry.User, Encoding.UTF8.GetString(entry.Text)));
        Assert.Equal(AppendResult.Stored, await _rooms.SendAsync(guest, room, "thanks"));
        Assert.Equal(1, await _rooms.Sql.CountAsync("SELECT count(*) FROM room WHERE log_id = $1 AND members = 3", room.Log));
        Assert.Equal(1, await _rooms.Sql.CountAsync(
            "SELECT count(*) FROM room_change WHERE name = $1 AND changed_at > now() - interval '1 minute'", room.Name));
    }

    [Fact]
    public async Task A_member_uses_up_nothing_and_is_answered_as_when_they_came_also_after_the_last_use()
    {
        var (owner, guest, other) = (await _rooms.PersonAsync(), await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var room = await _rooms.RoomAsync(owner);
        var digest = await world.InviteAsync(owner, room, uses: 2);
        var first = await world.RedeemAsync(guest, digest);

        Assert.Equal(first, await world.RedeemAsync(guest, digest));
        Assert.Equal(new Redemption(RedemptionResult.Done, room.Name, room.Log, 1), await world.RedeemAsync(owner, digest));
        Assert.Equal(1, await world.UsesAsync(digest));
        Assert.Equal(RedemptionResult.Done, (await world.RedeemAsync(other, digest)).Result);
        Assert.Equal(first, await world.RedeemAsync(guest, digest));
        await new MailboxPurge(_rooms.People.Storage.Database.DataSource).RunOnceAsync(default);
        Assert.Equal(first, await world.RedeemAsync(guest, digest));
        Assert.Equal(3, await _rooms.LastAsync(room));
    }

    [Fact]
    public async Task Repeated_after_they_have_left_it_brings_nobody_back()
    {
        var (owner, guest) = (await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var room = await _rooms.RoomAsync(owner);
        var digest = await world.InviteAsync(owner, room, uses: 9);
        var id = MessageId.New(TimeProvider.System.GetUtcNow());
        var first = await world.Registrations.RedeemAsync(guest.Session, digest, id);
        await _rooms.DoAsync(guest, RoomChangeKind.Leave, room);

        Assert.Equal(first, await world.Registrations.RedeemAsync(guest.Session, digest, id));
        Assert.Null(await _rooms.RoleAsync(guest, room));
        Assert.Equal(4, (await world.RedeemAsync(guest, digest)).Number);
        Assert.Equal(7, await world.UsesAsync(digest));
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task One_that_cannot_be_used_is_answered_alike_whatever_the_reason_and_changes_nothing(string reason)
    {
        var (owner, maker, guest) = (await _rooms.PersonAsync(), await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var room = await _rooms.RoomAsync(owner);
        await _rooms.AddAsync(owner, room, maker, RoomRole.Moderator);
        var digest = await SpoilAsync(reason, owner, maker, guest, room);
        var (last, uses) = (await _rooms.LastAsync(room), await world.UsesAsync(digest));

        Assert.Equal(new Redemption(RedemptionResult.NoInvitation), await world.RedeemAsync(guest, digest));

        Assert.Equal((last, uses), (await _rooms.LastAsync(room), await world.UsesAsync(digest)));
        Assert.Null(await _rooms.RoleAsync(guest, room));
        // Nor does one register with it.
        if (reason is not ("not into a room" or "banned"))
            Assert.Equal(RegistrationResult.NoInvitation, await world.Registrations.RegisterAsync($"{guest.Name}r", "N", "hash", digest));
    }

    [Fact]
    public async Task A_maker_who_may_add_members_again_has_invited_again()
    {
        var (owner, maker, guest) = (await _rooms.PersonAsync(), await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var room = await _rooms.RoomAsync(owner);
        await _rooms.AddAsync(owner, room, maker, RoomRole.Moderator);
        var digest = await SpoilAsync("maker demoted", owner, maker, guest, room);
        Assert.Equal(RedemptionResult.NoInvitation, (await world.RedeemAsync(guest, digest)).Result);
        await _rooms.DoAsync(owner, RoomChangeKind.Role, room, maker, RoomRole.Owner);
        Assert.Equal(RedemptionResult.Done, (await world.RedeemAsync(guest, digest)).Result);
    }

    [Fact]
    public async Task A_dead_session_redeems_and_invites_nothing()
    {
        var (owner, guest) = (await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var room = await _rooms.RoomAsync(owner);
        var digest = await world.InviteAsync(owner, room);
        foreach (var person in new[] { owner, guest }) await _rooms.People.Storage.LogOutAsync(person.Session);

        Assert.Equal(RedemptionResult.NoSession, (await world.RedeemAsync(guest, digest)).Result);
        Assert.Equal(InvitationResult.NoSession, (await world.Registrations.InviteAsync(owner.Session, "d", 1, null, room.Name)).Result);
        Assert.Equal(1, await world.UsesAsync(digest));
    }

    [Fact]
    public async Task They_are_made_by_those_who_may_add_members_and_a_private_room_is_nowhere_to_others()
    {
        var (owner, member, stranger) = (await _rooms.PersonAsync(), await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var (hidden, open) = (await _rooms.RoomAsync(owner, members: [member]), await _rooms.RoomAsync(owner, isPublic: true));

        Assert.Equal(InvitationResult.Done, await TryAsync(owner, hidden.Name));
        Assert.Equal(InvitationResult.Forbidden, await TryAsync(member, hidden.Name));
        Assert.Equal(InvitationResult.NoSuchRoom, await TryAsync(stranger, hidden.Name));
        Assert.Equal(InvitationResult.NoSuchRoom, await TryAsync(stranger, _rooms.NewName()));
        Assert.Equal(InvitationResult.Forbidden, await TryAsync(stranger, open.Name));
        await _rooms.DoAsync(owner, RoomChangeKind.Role, hidden, member, RoomRole.Moderator);
        Assert.Equal(InvitationResult.Done, await TryAsync(member, hidden.Name));
        // Those into a room that is gone do not count.
        for (var i = 1; i < MadeInvitation.MostOpen; i++) Assert.Equal(InvitationResult.Done, await TryAsync(owner, hidden.Name));
        Assert.Equal(InvitationResult.TooMany, await TryAsync(owner, open.Name));
        await _rooms.DoAsync(owner, RoomChangeKind.Delete, hidden);
        Assert.Equal(InvitationResult.Done, await TryAsync(owner, open.Name));
        await new MailboxPurge(_rooms.People.Storage.Database.DataSource).RunOnceAsync(default);
        Assert.Equal(0, await _rooms.Sql.CountAsync("SELECT count(*) FROM invitation WHERE log_id = $1", hidden.Log));

        async Task<InvitationResult> TryAsync(Person maker, string room) => (await world.Registrations.InviteAsync(
            maker.Session, SecretCode.DigestOf(SecretCode.New()), 1, null, room)).Result;
    }

    private async Task<string> SpoilAsync(string reason, Person owner, Person maker, Person guest, Room room)
    {
        if (reason == "unknown") return SecretCode.DigestOf("guess");
        if (reason == "not into a room")
        {
            var other = SecretCode.DigestOf(SecretCode.New());
            await world.Registrations.InviteAsync(maker.Session, other, 1, null);
            return other;
        }
        var digest = await world.InviteAsync(maker, room);
        switch (reason)
        {
            case "expired":
                await _rooms.Sql.ExecuteAsync("test", "UPDATE invitation SET expires_at = now() WHERE digest = $1", [digest]);
                break;
            case "used up": await world.RedeemAsync(await _rooms.PersonAsync(), digest); break;
            case "withdrawn":
                var list = new InvitationList(_rooms.Sql);
                Assert.True(await list.WithdrawAsync((await list.ReadAsync()).Last(found => found.UserName == maker.Name).Id));
                break;
            case "maker demoted": await _rooms.DoAsync(owner, RoomChangeKind.Role, room, maker); break;
            case "maker left": await _rooms.DoAsync(maker, RoomChangeKind.Leave, room); break;
            case "maker disabled": await _rooms.People.Accounts.DisableAsync(maker.Name); break;
            case "banned": await _rooms.DoAsync(owner, RoomChangeKind.Role, room, guest, RoomRole.Banned); break;
            default:
                await _rooms.DoAsync(owner, RoomChangeKind.Delete, room);
                if (reason == "room deleted") break;
                await _rooms.Sql.ExecuteAsync(
                    "test", "UPDATE room SET removed_at = now() - interval '12 minutes' WHERE log_id = $1", [room.Log]);
                Assert.Equal(RoomResult.Done, (await _rooms.Rooms.ChangeAsync(
                    maker.Session,
                    RoomWorld.Change(RoomChangeKind.Create, room.Name) with
                    {
                        Title = "Again",
                        IsPublic = false,
                        ShowsAll = true,
                    })).Result);
                break;
        }
        return digest;
    }
}
