using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Tests.Conversations;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>To somebody outside, a private room is a name that nobody has; of a public one, they read nothing.</summary>
public sealed class OutsiderTests(RoomWorld world) : IClassFixture<RoomWorld>
{
    public static TheoryData<string> Outsiders => ["stranger", "left", "removed", "banned"];

    [Theory]
    [MemberData(nameof(Outsiders))]
    public async Task A_private_room_is_answered_as_one_that_does_not_exist(string kind)
    {
        var owner = await world.PersonAsync();
        var room = await world.RoomAsync(owner);
        await world.SendAsync(owner, room, "secret");
        var outsider = await OutsiderAsync(kind, owner, room);
        var nowhere = new Room(world.NewName(), 0);

        foreach (var change in Enum.GetValues<RoomChangeKind>().Where(change => change != RoomChangeKind.Create))
        {
            foreach (var user in new[] { null, owner, outsider, new Person("nobody", 0, "") })
                Assert.Equal(
                    (RoomResult.NoSuchRoom, RoomResult.NoSuchRoom),
                    (await world.TryAsync(outsider, change, room, user), await world.TryAsync(outsider, change, nowhere, user)));
        }
        foreach (var place in new[] { room, nowhere })
        {
            var admission = await world.Rooms.AdmitAsync(outsider.Session, place.Name);
            Assert.Equal(new RoomAdmission(outsider.Account, 0, RoomRole.Banned), admission);
            Assert.Equal(NoAnswer.NotFound, (await world.Rooms.FindAsync(outsider.Session, place.Name)).Reason);
            Assert.Equal(NoAnswer.NotFound, (await world.Rooms.MarkReadAsync(outsider.Session, world.Epoch, place.Name, 1)).Reason);
            Assert.Equal(NoAnswer.NotFound, (await world.Rooms.SetMutedAsync(outsider.Session, place.Name, true)).Reason);
            await AssertReadsNothingAsync(outsider, place);
        }
        Assert.DoesNotContain(
            (await world.Rooms.ListAsync(outsider.Session, isMine: false, 1000, "")).Value!, found => found.Name == room.Name);
        Assert.Empty((await world.Rooms.ListAsync(outsider.Session, isMine: true, 1000, "")).Value!);
        Assert.Empty(await world.InboxAsync(outsider));
        var overview = (await world.Rooms.ListConversationsAsync(outsider.Session, 9, null)).Value!;
        Assert.Equal((0, 0), (overview.List.Conversations.Count, overview.Ends.Count));
    }

    [Theory]
    [MemberData(nameof(Outsiders))]
    public async Task Of_a_public_room_they_see_that_it_is_there_and_read_nothing(string kind)
    {
        var owner = await world.PersonAsync();
        var room = await world.RoomAsync(owner, isPublic: true, showsAll: true);
        await world.SendAsync(owner, room, "for members");
        var outsider = await OutsiderAsync(kind, owner, room);

        var found = (await world.Rooms.FindAsync(outsider.Session, room.Name)).Value!;
        Assert.Equal((room.Name, "A Room", null), (found.Name, found.Title, found.Mine));
        Assert.Contains((await world.Rooms.ListAsync(outsider.Session, isMine: false, 1000, "")).Value!, r => r.Name == room.Name);
        await AssertReadsNothingAsync(outsider, room);
        RoomChangeKind[] notTheirs =
            [RoomChangeKind.Add, RoomChangeKind.Remove, RoomChangeKind.Role, RoomChangeKind.Set, RoomChangeKind.Delete];
        foreach (var change in notTheirs)
            Assert.Equal(RoomResult.Forbidden, await world.TryAsync(outsider, change, room, owner));
        // Who was removed or banned does not come back by themselves.
        Assert.Equal(
            kind is "removed" or "banned" ? RoomResult.Forbidden : RoomResult.Done,
            await world.TryAsync(outsider, RoomChangeKind.Join, room));
    }

    [Fact]
    public async Task A_dead_session_learns_and_does_nothing()
    {
        var (owner, member) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, members: [member]);
        await world.People.Storage.LogOutAsync(member.Session);

        Assert.Null(await world.Rooms.AdmitAsync(member.Session, room.Name));
        foreach (var change in Enum.GetValues<RoomChangeKind>())
            Assert.Equal(RoomResult.NoSession, await world.TryAsync(member, change, room, owner));
        Assert.Equal(NoAnswer.NoSession, (await world.Rooms.FindAsync(member.Session, room.Name)).Reason);
        Assert.Equal(NoAnswer.NoSession, (await world.Rooms.ListAsync(member.Session, true, 9, "")).Reason);
        Assert.Equal(NoAnswer.NoSession, (await world.Rooms.ListMembersAsync(member.Session, room.Name, 9, 0)).Reason);
        Assert.Equal(NoAnswer.NoSession, (await world.Rooms.ReadLogAsync(member.Session, world.Epoch, room.Log, 0, 9)).Reason);
        Assert.Equal(
            NoAnswer.NoSession,
            (await world.Rooms.ReadPageAsync(member.Session, new RoomPageQuery(room.Name, PageSide.Newest, 0, "", 9))).Reason);
        Assert.Equal(NoAnswer.NoSession, (await world.Rooms.MarkReadAsync(member.Session, world.Epoch, room.Name, 1)).Reason);
        Assert.Equal(NoAnswer.NoSession, (await world.Rooms.FindNameAsync(member.Session, world.Epoch, room.Log)).Reason);
        Assert.Equal(NoAnswer.NoSession, (await world.Rooms.ListConversationsAsync(member.Session, 9, null)).Reason);
        Assert.Equal(
            NoAnswer.NoSession, (await world.Rooms.ReceiveAsync(member.Session, world.Epoch, [new(member.Account, 0)])).Reason);
        Assert.Equal(AppendResult.SessionEnded, await world.SendAsync(member, room, "no"));
    }

    private async Task AssertReadsNothingAsync(Person outsider, Room room)
    {
        Assert.Equal(AppendResult.Blocked, await world.SendAsync(outsider, room, "refused"));
        foreach (var side in Enum.GetValues<PageSide>())
        {
            var page = await world.Rooms.ReadPageAsync(outsider.Session, new RoomPageQuery(room.Name, side, 2, world.Epoch, 9));
            Assert.Equal(NoAnswer.NotFound, page.Reason);
        }
        Assert.Equal(NoAnswer.NotFound, (await world.Rooms.ReadLogAsync(outsider.Session, world.Epoch, room.Log, 0, 9)).Reason);
        Assert.Equal(NoAnswer.NotFound, (await world.Rooms.ListMembersAsync(outsider.Session, room.Name, 9, 0)).Reason);
        Assert.Null(await world.Rooms.FindDeletionAsync(outsider.Session, room.Log, 2));
        Assert.Equal(NoAnswer.NotFound, (await world.Rooms.FindNameAsync(outsider.Session, world.Epoch, room.Log)).Reason);
        Assert.Equal(
            NoAnswer.NotFound, (await world.Rooms.ReceiveAsync(outsider.Session, world.Epoch, [new(room.Log, 2)])).Reason);
    }

    private async Task<Person> OutsiderAsync(string kind, Person owner, Room room)
    {
        var person = await world.PersonAsync();
        if (kind == "banned") await world.DoAsync(owner, RoomChangeKind.Role, room, person, RoomRole.Banned);
        if (kind is "stranger" or "banned") return person;
        await world.AddAsync(owner, room, person);
        if (kind == "left") await world.DoAsync(person, RoomChangeKind.Leave, room);
        else await world.DoAsync(owner, RoomChangeKind.Remove, room, person);
        return person;
    }
}
