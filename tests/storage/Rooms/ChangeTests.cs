using System.Text;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Tests.Conversations;
using static OrleansChat.Storage.Tests.Rooms.RoomWorld;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>Who may change what, and what is left of it.</summary>
public sealed class ChangeTests(RoomWorld world) : IClassFixture<RoomWorld>
{
    [Fact]
    public async Task Each_change_is_an_entry_of_its_own_that_says_who_made_it_and_about_whom()
    {
        var (owner, user) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner);
        await world.AddAsync(owner, room, user, RoomRole.Reader);
        await world.DoAsync(owner, RoomChangeKind.Role, room, user, RoomRole.Moderator);
        await world.Rooms.ChangeAsync(owner.Session, Change(RoomChangeKind.Set, room.Name) with { Title = "Another" });
        await world.DoAsync(owner, RoomChangeKind.Remove, room, user);

        var entries = await world.EntriesAsync(owner, room);

        Assert.Equal(
            [
                (1, StoredKind.Joined, owner.Name, owner.Name, "owner"), (2, StoredKind.Joined, owner.Name, user.Name, "reader"),
                (3, StoredKind.Role, owner.Name, user.Name, "moderator"), (4, StoredKind.Title, owner.Name, null, "Another"),
                (5, StoredKind.Removed, owner.Name, user.Name, ""),
            ],
            entries.Select(e => ((int)e.Number, e.Kind, e.Sender, e.User, Encoding.UTF8.GetString(e.Text))));
        Assert.Equal("Another", (await world.Rooms.FindAsync(owner.Session, room.Name)).Value!.Title);
    }

    [Theory]
    // Who, what, to whom of which role, and which role they are given.
    [InlineData(RoomRole.Owner, RoomChangeKind.Remove, RoomRole.Owner, null, RoomResult.Done)]
    [InlineData(RoomRole.Owner, RoomChangeKind.Role, RoomRole.Member, RoomRole.Owner, RoomResult.Done)]
    [InlineData(RoomRole.Owner, RoomChangeKind.Role, RoomRole.Owner, RoomRole.Banned, RoomResult.Done)]
    [InlineData(RoomRole.Moderator, RoomChangeKind.Remove, RoomRole.Member, null, RoomResult.Done)]
    [InlineData(RoomRole.Moderator, RoomChangeKind.Role, RoomRole.Reader, RoomRole.Member, RoomResult.Done)]
    [InlineData(RoomRole.Moderator, RoomChangeKind.Role, RoomRole.Member, RoomRole.Banned, RoomResult.Done)]
    [InlineData(RoomRole.Moderator, RoomChangeKind.Role, RoomRole.Member, RoomRole.Moderator, RoomResult.Forbidden)]
    [InlineData(RoomRole.Moderator, RoomChangeKind.Role, RoomRole.Moderator, RoomRole.Member, RoomResult.Forbidden)]
    [InlineData(RoomRole.Moderator, RoomChangeKind.Remove, RoomRole.Moderator, null, RoomResult.Forbidden)]
    [InlineData(RoomRole.Moderator, RoomChangeKind.Remove, RoomRole.Owner, null, RoomResult.Forbidden)]
    [InlineData(RoomRole.Moderator, RoomChangeKind.Add, null, RoomRole.Moderator, RoomResult.Forbidden)]
    [InlineData(RoomRole.Moderator, RoomChangeKind.Add, null, RoomRole.Reader, RoomResult.Done)]
    [InlineData(RoomRole.Moderator, RoomChangeKind.Set, null, null, RoomResult.Forbidden)]
    [InlineData(RoomRole.Moderator, RoomChangeKind.Delete, null, null, RoomResult.Forbidden)]
    [InlineData(RoomRole.Member, RoomChangeKind.Add, null, RoomRole.Reader, RoomResult.Forbidden)]
    [InlineData(RoomRole.Member, RoomChangeKind.Remove, RoomRole.Reader, null, RoomResult.Forbidden)]
    [InlineData(RoomRole.Reader, RoomChangeKind.Role, RoomRole.Reader, RoomRole.Banned, RoomResult.Forbidden)]
    [InlineData(RoomRole.Owner, RoomChangeKind.Role, null, RoomRole.Moderator, RoomResult.NotAMember)]
    [InlineData(RoomRole.Owner, RoomChangeKind.Remove, null, null, RoomResult.NotAMember)]
    [InlineData(RoomRole.Owner, RoomChangeKind.Role, null, RoomRole.Banned, RoomResult.Done)]
    public async Task A_role_says_what_its_holder_may_do(
        RoomRole actor, RoomChangeKind kind, RoomRole? target, RoomRole? given, RoomResult expected)
    {
        var (owner, who, whom) = (await world.PersonAsync(), await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner);
        await world.AddAsync(owner, room, who, actor);
        if (target is { } role) await world.AddAsync(owner, room, whom, role);
        var before = (await world.LastAsync(room), target);

        var result = await world.TryAsync(who, kind, room, whom, given ?? RoomRole.Member);

        Assert.Equal(expected, result);
        var after = (await world.LastAsync(room), await world.RoleAsync(whom, room));
        if (expected != RoomResult.Done) Assert.Equal(before, after);
        else Assert.Equal(kind is RoomChangeKind.Remove || given == RoomRole.Banned ? null : given, after.Item2);
    }

    [Fact]
    public async Task After_the_last_owner_the_longest_standing_moderator_follows_else_member_and_an_entry_says_so()
    {
        var owner = await world.PersonAsync();
        var (first, second, third) = (await world.PersonAsync(), await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, members: [first, second, third]);
        await world.DoAsync(owner, RoomChangeKind.Role, room, third, RoomRole.Moderator);
        await world.DoAsync(owner, RoomChangeKind.Role, room, second, RoomRole.Moderator);

        await world.DoAsync(owner, RoomChangeKind.Leave, room);
        Assert.Equal(RoomRole.Owner, await world.RoleAsync(second, room));
        var last = (await world.EntriesAsync(first, room))[^1];
        Assert.Equal((StoredKind.Role, "", second.Name, "owner"), (last.Kind, last.Sender, last.User, Encoding.UTF8.GetString(last.Text)));

        await world.DoAsync(second, RoomChangeKind.Role, room, second, RoomRole.Reader);
        Assert.Equal(RoomRole.Owner, await world.RoleAsync(third, room));
        await world.DoAsync(third, RoomChangeKind.Leave, room);
        Assert.Equal(RoomRole.Owner, await world.RoleAsync(first, room));
        // Nobody who could follow is left: a reader is not one.
        Assert.Equal(RoomResult.LastOwner, await world.TryAsync(first, RoomChangeKind.Role, room, first, RoomRole.Member));
        Assert.Equal(RoomResult.Done, await world.TryAsync(first, RoomChangeKind.Leave, room));
        Assert.Equal(RoomRole.Reader, await world.RoleAsync(second, room));
    }

    [Fact]
    public async Task Of_two_owners_who_remove_each_other_at_once_one_stays()
    {
        for (var round = 0; round < 10; round++)
        {
            var (one, other) = (await world.PersonAsync(), await world.PersonAsync());
            var room = await world.RoomAsync(one);
            await world.AddAsync(one, room, other, RoomRole.Owner);

            var results = await Task.WhenAll(
                world.TryAsync(one, RoomChangeKind.Remove, room, other), world.TryAsync(other, RoomChangeKind.Remove, room, one));

            Assert.Equal([RoomResult.Done, RoomResult.NoSuchRoom], results.Order());
            Assert.Equal(1, await world.Sql.CountAsync(
                "SELECT count(*) FROM room_member WHERE log_id = $1 AND role = 4", room.Log));
        }
    }

    [Fact]
    public async Task A_change_that_is_repeated_is_made_once_and_answered_as_before()
    {
        var (owner, user) = (await world.PersonAsync(), await world.PersonAsync());
        var create = Change(RoomChangeKind.Create, world.NewName()) with { Title = "Room", IsPublic = true, ShowsAll = true };
        var made = await world.Rooms.ChangeAsync(owner.Session, create);
        Assert.Equal(made, await world.Rooms.ChangeAsync(owner.Session, create));
        var leave = Change(RoomChangeKind.Leave, create.Room);
        await world.Rooms.ChangeAsync(user.Session, Change(RoomChangeKind.Join, create.Room));
        var left = await world.Rooms.ChangeAsync(user.Session, leave);
        Assert.Equal((RoomResult.Done, 3L), (left.Result, left.Number));
        Assert.Equal(left, await world.Rooms.ChangeAsync(user.Session, leave));
        // The id of somebody else's change says nothing.
        Assert.NotEqual(RoomResult.Done, (await world.Rooms.ChangeAsync(user.Session, create)).Result);
        var delete = Change(RoomChangeKind.Delete, create.Room);
        Assert.Equal(RoomResult.Done, (await world.Rooms.ChangeAsync(owner.Session, delete)).Result);
        Assert.Equal(RoomResult.Done, (await world.Rooms.ChangeAsync(owner.Session, delete)).Result);
        Assert.Equal(
            RoomResult.NoSuchRoom, (await world.Rooms.ChangeAsync(owner.Session, Change(RoomChangeKind.Delete, create.Room))).Result);
    }

    [Fact]
    public async Task A_change_under_an_id_that_is_too_old_or_too_new_is_refused()
    {
        var owner = await world.PersonAsync();
        foreach (var (minutes, expected) in new[] { (-11.0, RoomResult.OutOfTime), (0.9, RoomResult.OutOfTime), (-9, RoomResult.Done) })
        {
            var id = Identifiers.MessageId.New(DateTimeOffset.UtcNow.AddMinutes(minutes));
            var change = new RoomChange(id, RoomChangeKind.Create, world.NewName(), Title: "Room", IsPublic: true, ShowsAll: true);
            Assert.Equal(expected, (await world.Rooms.ChangeAsync(owner.Session, change)).Result);
        }
    }

    [Fact]
    public async Task A_room_that_is_full_and_a_user_in_too_many_rooms_are_told_apart()
    {
        var owner = await world.PersonAsync();
        var room = await world.RoomAsync(owner, isPublic: true);
        for (var i = 1; i < MaxMembers; i++) await world.AddAsync(owner, room, await world.PersonAsync(), RoomRole.Reader);
        var late = await world.PersonAsync();

        Assert.Equal(RoomResult.RoomFull, await LimitedAsync(owner, RoomChangeKind.Add, room.Name, late));
        Assert.Equal(RoomResult.RoomFull, await LimitedAsync(late, RoomChangeKind.Join, room.Name));
        for (var i = 1; i < MaxRooms; i++) await world.RoomAsync(owner);
        Assert.Equal(RoomResult.TooManyRooms, await LimitedAsync(owner, RoomChangeKind.Create, world.NewName()));
        var other = await world.RoomAsync(late, isPublic: true);
        Assert.Equal(RoomResult.TooManyRooms, await LimitedAsync(owner, RoomChangeKind.Join, other.Name));
        Assert.Equal(RoomResult.TooManyRooms, await LimitedAsync(late, RoomChangeKind.Add, other.Name, owner));
        // Who leaves one has room for another.
        await world.DoAsync(owner, RoomChangeKind.Leave, room);
        Assert.Equal(RoomResult.Done, await LimitedAsync(owner, RoomChangeKind.Join, other.Name));
    }

    [Fact]
    public async Task Many_who_join_at_once_are_no_more_than_may_and_each_in_no_more_rooms_than_may()
    {
        var owner = await world.PersonAsync();
        var room = await world.RoomAsync(owner, isPublic: true);
        var crowd = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => world.PersonAsync()));
        var results = await Task.WhenAll(crowd.Select(person => LimitedAsync(person, RoomChangeKind.Join, room.Name)));
        Assert.Equal(MaxMembers - 1, results.Count(result => result == RoomResult.Done));
        Assert.Equal(MaxMembers, (await world.Rooms.FindAsync(owner.Session, room.Name)).Value!.Members);

        var eager = await world.PersonAsync();
        results = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => LimitedAsync(eager, RoomChangeKind.Create, world.NewName())));
        Assert.Equal(MaxRooms, results.Count(result => result == RoomResult.Done));
    }

    [Fact]
    public async Task A_name_is_free_again_twelve_minutes_after_the_deletion()
    {
        var owner = await world.PersonAsync();
        var room = await world.RoomAsync(owner);
        await world.SendAsync(owner, room, "old");
        await world.DoAsync(owner, RoomChangeKind.Delete, room);

        Assert.Equal(RoomResult.NameTaken, await world.TryAsync(owner, RoomChangeKind.Create, room));
        await AgeAsync(11);
        Assert.Equal(RoomResult.NameTaken, await world.TryAsync(owner, RoomChangeKind.Create, room));
        await AgeAsync(1);
        var again = await world.Rooms.ChangeAsync(
            owner.Session, Change(RoomChangeKind.Create, room.Name) with { Title = "Again", IsPublic = true, ShowsAll = true });
        Assert.Equal((RoomResult.Done, 1L), (again.Result, again.Number));
        Assert.NotEqual(room.Log, again.LogId);
        Assert.Empty(await world.MessagesAsync(owner, new Room(room.Name, again.LogId)));

        Task<int> AgeAsync(int minutes) => world.Sql.ExecuteAsync(
            "test", "UPDATE room SET removed_at = removed_at - make_interval(mins => $2) WHERE log_id = $1", [room.Log, minutes]);
    }

    [Fact]
    public async Task Of_two_who_make_a_room_of_one_name_at_once_one_does()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.PersonAsync()));
        var room = new Room(world.NewName(), 0);
        var results = await Task.WhenAll(people.Select(person => LimitedAsync(person, RoomChangeKind.Create, room.Name)));
        Assert.Equal([RoomResult.Done, .. Enumerable.Repeat(RoomResult.NameTaken, 5)], results.Order());
    }

    [Fact]
    public async Task A_removed_user_leaves_all_rooms_with_an_entry_and_the_rooms_get_owners()
    {
        var (owner, member) = (await world.PersonAsync(), await world.PersonAsync());
        var one = await world.RoomAsync(owner, members: [member]);
        Room[] rooms = [one, await world.RoomAsync(owner, isPublic: true, members: [member])];
        await world.SendAsync(owner, rooms[0], "stays");

        await world.People.Accounts.RemoveAsync(owner.Name);

        foreach (var room in rooms)
        {
            Assert.Equal(RoomRole.Owner, await world.RoleAsync(member, room));
            var entries = await world.EntriesAsync(member, room);
            Assert.Equal((StoredKind.Left, owner.Name), (entries[^2].Kind, entries[^2].User));
        }
        Assert.Equal(["stays"], await world.MessagesAsync(member, rooms[0]));
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM room_member WHERE account_id = $1", owner.Account));
        Assert.Equal(RoomResult.NoSuchUser, await world.TryAsync(member, RoomChangeKind.Add, rooms[0], owner));
        // Erased, the name is nowhere.
        var number = await world.People.Accounts.EraseAsync(owner.Name);
        Assert.DoesNotContain(
            await world.EntriesAsync(member, rooms[0]), entry => entry.Sender == owner.Name || entry.User == owner.Name);
        Assert.Contains(await world.EntriesAsync(member, rooms[0]), entry => entry.Sender == $"removed-{number}");
    }

    private async Task<RoomResult> LimitedAsync(Person actor, RoomChangeKind kind, string room, Person? user = null) =>
        (await world.Limited.ChangeAsync(actor.Session, Change(kind, room) with
        {
            User = user?.Name,
            Title = kind == RoomChangeKind.Create ? "Room" : null,
            IsPublic = kind == RoomChangeKind.Create ? false : null,
            ShowsAll = kind == RoomChangeKind.Create ? false : null,
        })).Result;
}
