using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Rooms;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>Rooms, whose grain is on one silo and whose members come through all.</summary>
[Collection(ClusterCollection.Name)]
public sealed class RoomTests(ThreeSilos silos) : IClassFixture<ThreeSilos>
{
    private readonly ChatCluster _cluster = silos.Cluster;
    private readonly PostgresFixture _postgres = silos.Postgres;

    [Fact]
    public async Task What_is_sent_through_any_silo_is_read_once_and_in_order_through_any_other_and_not_by_its_writer()
    {
        var (owner, reader) = (await EnterAsync(0), await EnterAsync(1));
        var room = await CreateAsync(owner);
        await DoAsync(owner, room, New(RoomAction.Add) with { User = reader.Name, Role = MemberRole.Reader });

        for (var i = 0; i < 9; i++)
            Assert.Equal(SendStatus.Sent, await _cluster.Through(i % 3).Same(owner.Session).SendAsync($"#{room}", $"{i}"));

        for (var silo = 0; silo < 3; silo++)
        {
            var inbox = await _cluster.Through(silo).Same(reader.Session).ReadAllAsync();
            Assert.Equal(Enumerable.Range(0, 9).Select(i => $"{i}"), inbox!.Select(message => message.TextOf()));
            Assert.All(inbox!, message => Assert.Equal((room, owner.Name), (message.Room, message.Sender)));
        }
        Assert.Empty((await owner.Session.ReadAllAsync())!);
        Assert.Equal(SendStatus.NoRecipient, await reader.Session.SendAsync($"#{room}", "readers do not write"));
    }

    [Fact]
    public async Task Changes_hold_from_their_answer_on_also_those_that_the_grain_has_not_heard_of()
    {
        var (owner, member) = (await EnterAsync(0), await EnterAsync(2));
        var room = await CreateAsync(owner);
        Assert.Equal(SendStatus.NoRecipient, await member.Session.SendAsync($"#{room}", "not yet"));
        await DoAsync(owner, room, New(RoomAction.Add) with { User = member.Name });
        Assert.Equal(SendStatus.Sent, await member.Session.SendAsync($"#{room}", "1"));
        await DoAsync(owner, room, New(RoomAction.Remove) with { User = member.Name });
        Assert.Equal(SendStatus.NoRecipient, await member.Session.SendAsync($"#{room}", "no more"));

        // An operator's changes: the grain believes what it knew, and the statement does not.
        Assert.Equal(RoomResult.Done, await OperateAsync(room, RoomChangeKind.Add, member.Name, RoomRole.Member));
        Assert.Equal(SendStatus.Sent, await member.Session.SendAsync($"#{room}", "2"));
        Assert.Equal(RoomResult.Done, await OperateAsync(room, RoomChangeKind.Role, member.Name, RoomRole.Reader));
        Assert.Equal(SendStatus.NoRecipient, await member.Session.SendAsync($"#{room}", "no more"));
        Assert.Equal(RoomResult.Done, await OperateAsync(room, RoomChangeKind.Role, member.Name, RoomRole.Member));
        Assert.Equal(SendStatus.Sent, await member.Session.SendAsync($"#{room}", "3"));

        Assert.Equal(["1", "2", "3"], (await owner.Session.ReadAllAsync())!.Select(message => message.TextOf()));
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public async Task No_limit_that_a_client_may_ask_for_is_an_error_or_without_bounds(int limit)
    {
        var owner = await EnterAsync(0);
        var room = await CreateAsync(owner);
        for (var sent = 0; sent < 250; sent += 50) await owner.Session.SendAsync(Messages(room, 50));
        var member = _cluster.Through(1).GetGrain<IMemberGrain>(GrainKeys.ForUser(owner.Name));
        var asked = new RoomPageRequest(room, PageKind.Newest, 0, "", limit);

        var page = (await member.ReadRoomPage(owner.Session.Key, asked)).Value!;
        var part = (await member.ReadRoomLog(owner.Session.Key, page.Epoch, page.LogId, 0, limit)).Value!;

        Assert.InRange(page.Entries.Length, 1, 200);
        Assert.Equal(page.Entries.Length, part.Entries.Length);
        Assert.Single((await member.ListRooms(owner.Session.Key, isMine: true, limit, "")).Value!);
        Assert.Single((await member.ListMembers(owner.Session.Key, room, limit, 0)).Value!);
    }

    [Fact]
    public async Task A_room_takes_so_many_messages_from_all_its_members_and_nobody_outside_learns_of_it()
    {
        var (one, other, outsider) = (await EnterAsync(0), await EnterAsync(1), await EnterAsync(2));
        var room = await CreateAsync(one);
        await DoAsync(one, room, New(RoomAction.Add) with { User = other.Name });
        var most = 10 * new RoomLimits().MessagesPerSecond;

        // The grain's clock stands still: nothing is gained.
        for (var left = most; left > 0; left -= 50)
            Assert.All(await (left % 100 == 0 ? one : other).Session.SendAsync(Messages(room, 50)), s => Assert.Equal(SendStatus.Sent, s));
        Assert.Equal([SendStatus.RoomBusy], await other.Session.SendAsync(Messages(room, 1)));
        Assert.Equal([SendStatus.NoRecipient], await outsider.Session.SendAsync(Messages(room, 1)));
        Assert.Equal(SendStatus.Sent, await one.Session.SendAsync(other.Name, "a user is not a room"));
    }

    [Fact]
    public async Task A_repeatable_send_to_a_room_gets_its_first_receipt()
    {
        var (owner, member) = (await EnterAsync(0), await EnterAsync(1));
        var room = await CreateAsync(owner);
        var message = ChatUsers.Message($"#{room}", "once") with { OnceId = "id" };
        Assert.Equal(SendStatus.NoRecipient, (await member.SendOnceAsync(message)).Status);
        await DoAsync(owner, room, New(RoomAction.Add) with { User = member.Name });

        var first = await member.SendOnceAsync(message);
        Assert.Equal(SendStatus.Sent, first.Status);
        await DoAsync(owner, room, New(RoomAction.Remove) with { User = member.Name });
        Assert.Equal(first.MessageId, (await member.SendOnceAsync(message with { Id = Guid.NewGuid() })).MessageId);
        Assert.Equal(SendStatus.IdUsed, (await member.SendOnceAsync(message with { Text = [1] })).Status);
        Assert.Equal(["once"], (await owner.Session.ReadAllAsync())!.Select(m => m.TextOf()));
    }

    [Fact]
    public async Task Messages_are_deleted_by_their_writer_or_a_moderator_once()
    {
        var (owner, writer, other) = (await EnterAsync(0), await EnterAsync(1), await EnterAsync(2));
        var room = await CreateAsync(owner);
        foreach (var member in new[] { writer, other }) await DoAsync(owner, room, New(RoomAction.Add) with { User = member.Name });
        await writer.Session.SendAsync($"#{room}", "4");
        await writer.Session.SendAsync($"#{room}", "5");
        var epoch = (await owner.Member.FindRoom(owner.Session.Key, room).InTime()).Value!.Epoch;

        Assert.Equal(ConversationStatus.NotFound, (await DeleteAsync(other, room, epoch, 4)).Status);
        Assert.Equal(ConversationStatus.OtherEpoch, (await DeleteAsync(writer, room, "another", 4)).Status);
        var deletions = await Task.WhenAll(DeleteAsync(writer, room, epoch, 4), DeleteAsync(owner, room, epoch, 4));
        Assert.All(deletions, deletion => Assert.Equal(6, deletion.Value!.Number));
        Assert.Equal(7, (await DeleteAsync(owner, room, epoch, 5)).Value!.Number);
        Assert.Empty((await other.Session.ReadAllAsync())!);
        var outsider = await EnterAsync(0);
        Assert.Equal(ConversationStatus.NotFound, (await DeleteAsync(outsider, room, "another", 4)).Status);
    }

    [Fact]
    public async Task A_room_that_was_made_again_under_its_name_is_another_one()
    {
        var (owner, member) = (await EnterAsync(0), await EnterAsync(1));
        var room = await CreateAsync(owner);
        await DoAsync(owner, room, New(RoomAction.Add) with { User = member.Name });
        await member.Session.SendAsync($"#{room}", "old");
        await DoAsync(owner, room, New(RoomAction.Delete));
        Assert.Equal(SendStatus.NoRecipient, await member.Session.SendAsync($"#{room}", "nowhere"));
        await using (var aged = _postgres.DataSource.CreateCommand("UPDATE room SET removed_at = removed_at - interval '12 minutes'"))
            await aged.ExecuteNonQueryAsync();
        Assert.Equal(RoomResult.Done, await OperateAsync(room, RoomChangeKind.Create, member.Name, RoomRole.Owner));

        Assert.Equal(SendStatus.Sent, await member.Session.SendAsync($"#{room}", "new"));
        var found = (await member.Member.FindRoom(member.Session.Key, room).InTime()).Value!;
        var log = (await member.Member.ReadRoomLog(member.Session.Key, found.Epoch, found.Mine!.LogId, 0, 9).InTime()).Value!;
        Assert.Equal([EntryKind.Joined, EntryKind.Message], log.Entries.Select(entry => entry.Kind));
    }

    [Theory]
    [InlineData("#", RoomAction.Create, "", RoomChangeStatus.BadName)]
    [InlineData("", RoomAction.Create, "", RoomChangeStatus.BadName)]
    [InlineData("..", RoomAction.Create, "", RoomChangeStatus.BadName)]
    [InlineData("..", RoomAction.Delete, "", RoomChangeStatus.BadName)]
    [InlineData("Caps", RoomAction.Create, "", RoomChangeStatus.BadName)]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234x", RoomAction.Create, "", RoomChangeStatus.BadName)]
    [InlineData("nowhere", RoomAction.Join, "", RoomChangeStatus.NoSuchRoom)]
    [InlineData("nowhere", RoomAction.Leave, "", RoomChangeStatus.NoSuchRoom)]
    [InlineData("", RoomAction.Add, "nobody", RoomChangeStatus.NoSuchUser, true)]
    [InlineData("", RoomAction.SetRole, "demo", RoomChangeStatus.NotAMember, true)]
    [InlineData("", RoomAction.Remove, "demo", RoomChangeStatus.NotAMember, true)]
    [InlineData("", RoomAction.Create, "", RoomChangeStatus.NameTaken, true)]
    [InlineData("", RoomAction.Add, "", RoomChangeStatus.Malformed, true)]
    [InlineData("", (RoomAction)9, "", RoomChangeStatus.Malformed, true)]
    public async Task Bad_input_has_an_outcome_of_its_own(
        string name, RoomAction action, string user, RoomChangeStatus expected, bool isInRoom = false)
    {
        var (owner, demo) = (await EnterAsync(0), await EnterAsync(1));
        var room = isInRoom ? await CreateAsync(owner) : name;
        var request = New(action) with
        {
            User = user.Length == 0 ? null : user == "demo" ? demo.Name : user,
            Title = "Title",
            IsPublic = true,
            ShowsAll = true,
        };

        Assert.Equal(expected, (await ChangeAsync(owner, room, request)).Status);
    }

    [Fact]
    public async Task A_role_that_does_not_exist_and_a_title_that_shows_nothing_are_refused()
    {
        var (owner, member) = (await EnterAsync(0), await EnterAsync(1));
        var room = await CreateAsync(owner);
        foreach (var role in new[] { (MemberRole)5, (MemberRole)(-1), MemberRole.Banned })
            Assert.Equal(RoomChangeStatus.NoSuchRole, (await ChangeAsync(
                owner, room, New(RoomAction.Add) with { User = member.Name, Role = role })).Status);
        foreach (var title in new[] { "", " ", "a\nb", new string('a', 5000) })
            Assert.Equal(RoomChangeStatus.BadTitle, (await ChangeAsync(owner, room, New(RoomAction.Set) with { Title = title })).Status);
        Assert.Equal(RoomChangeStatus.LastOwner, (await ChangeAsync(
            owner, room, New(RoomAction.SetRole) with { User = owner.Name, Role = MemberRole.Member })).Status);
        await owner.Session.Grain.LogOut().InTime();
        Assert.Equal(RoomChangeStatus.NoSession, (await ChangeAsync(owner, room, New(RoomAction.Leave))).Status);
    }

    private async Task<RoomResult> OperateAsync(string room, RoomChangeKind kind, string user, RoomRole role)
    {
        var store = new RoomStore(_postgres.DataSource, new RoomLimits());
        var change = new RoomChange(MessageId.New(DateTimeOffset.UtcNow), kind, room, user, role);
        if (kind == RoomChangeKind.Create) change = change with { Title = "Room", IsPublic = false, ShowsAll = false };
        return (await store.OperateAsync(change)).Result;
    }

    private async Task<Someone> EnterAsync(int silo)
    {
        var name = await _postgres.AddUserAsync("user");
        var gateway = _cluster.Through(silo);
        return new Someone(name, await gateway.LogInAsync(name), gateway.GetGrain<IMemberGrain>(GrainKeys.ForUser(name)));
    }

    private async Task<string> CreateAsync(Someone owner)
    {
        var room = "room-" + Guid.NewGuid().ToString("N")[..12];
        await DoAsync(owner, room, New(RoomAction.Create) with { Title = "A Room", IsPublic = false, ShowsAll = false });
        return room;
    }

    private async Task DoAsync(Someone actor, string room, RoomChangeRequest request) =>
        Assert.Equal(RoomChangeStatus.Done, (await ChangeAsync(actor, room, request)).Status);

    private Task<RoomChangeReply> ChangeAsync(Someone actor, string room, RoomChangeRequest request) =>
        _cluster.Through(0).GetGrain<IRoomGrain>(GrainKeys.ForRoom(room)).Change(actor.Session.Key, request).InTime();

    private Task<ConversationReply<Position>> DeleteAsync(Someone actor, string room, string epoch, long number) =>
        _cluster.Through(0).GetGrain<IRoomGrain>(GrainKeys.ForRoom(room))
            .Delete(actor.Session.Key, epoch, number, MessageId.New(DateTimeOffset.UtcNow)).InTime();

    private static RoomChangeRequest New(RoomAction action) => new(MessageId.New(DateTimeOffset.UtcNow), action);

    private static OutgoingMessage[] Messages(string room, int count) =>
        [.. Enumerable.Range(0, count).Select(i => ChatUsers.Message($"#{room}", $"{i}"))];

    /// <summary>A user with a session.</summary>
    private sealed record Someone(string Name, TestSession Session, IMemberGrain Member)
    {
        public Task<SendOnceReply> SendOnceAsync(OutgoingMessage message) =>
            Session.Grain.SendOnce(message, ChatUsers.Connection, isPermitted: true).InTime();
    }
}
