using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Tests.Conversations;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>Many who redeem at once, those who register with an invitation into a room, and those who come back.</summary>
public sealed class InvitedTests(InvitationWorld world) : IClassFixture<InvitationWorld>
{
    private readonly RoomWorld _rooms = world.Rooms;
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task It_is_used_as_often_as_it_may_be_whether_people_redeem_it_or_register_with_it()
    {
        var owner = await _rooms.PersonAsync();
        var room = await _rooms.RoomAsync(owner);
        var digest = await world.InviteAsync(owner, room, uses: 3);
        var crowd = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _rooms.PersonAsync()));

        var redeemed = Task.WhenAll(crowd.Select(person => world.RedeemAsync(person, digest)));
        var registered = Task.WhenAll(
            Enumerable.Range(0, 6).Select(i => world.Registrations.RegisterAsync(_name + i, "New", "hash", digest)));

        var joined = (await redeemed).Count(one => one.Result == RedemptionResult.Done)
            + (await registered).Count(one => one == RegistrationResult.Done);
        Assert.Equal(3, joined);
        Assert.All(await redeemed, one => Assert.True(one.Result is RedemptionResult.Done or RedemptionResult.NoInvitation));
        Assert.All(await registered, one => Assert.True(one is RegistrationResult.Done or RegistrationResult.NoInvitation));
        Assert.Equal((0, 4L), (await world.UsesAsync(digest), await _rooms.LastAsync(room)));
        Assert.Equal(
            (await registered).Count(one => one == RegistrationResult.Done),
            await _rooms.Sql.CountAsync("SELECT count(*) FROM account WHERE user_name LIKE $1 || '%'", _name));
    }

    [Fact]
    public async Task One_who_redeems_it_many_times_at_once_joins_once_and_uses_it_once()
    {
        var (owner, guest) = (await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var room = await _rooms.RoomAsync(owner);
        var digest = await world.InviteAsync(owner, room, uses: 9);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.RedeemAsync(guest, digest)));

        Assert.All(answers, answer => Assert.Equal(new Redemption(RedemptionResult.Done, room.Name, room.Log, 2), answer));
        Assert.Equal(8, await world.UsesAsync(digest));
    }

    [Fact]
    public async Task A_new_user_joins_the_room_in_the_transaction_that_adds_them()
    {
        var owner = await _rooms.PersonAsync();
        var room = await _rooms.RoomAsync(owner, showsAll: true);
        var digest = await world.InviteAsync(owner, room);
        Assert.Equal(RegistrationResult.Done, await world.Registrations.FindVacancyAsync(_name, digest));

        Assert.Equal(RegistrationResult.Done, await world.Registrations.RegisterAsync(_name, "New", "hash", digest));

        var entry = (await _rooms.EntriesAsync(owner, room))[^1];
        Assert.Equal((2, StoredKind.Joined, owner.Name, _name), ((int)entry.Number, entry.Kind, entry.Sender, entry.User));
        var members = (await _rooms.Rooms.ListMembersAsync(owner.Session, room.Name, 9, 0)).Value!;
        Assert.Equal((_name, RoomRole.Member), (members[^1].Name, members[^1].Role));
    }

    [Fact]
    public async Task Where_a_limit_is_reached_nobody_joins_nobody_is_added_and_nothing_is_used()
    {
        var owner = await _rooms.PersonAsync();
        var room = await _rooms.RoomAsync(owner);
        for (var i = 1; i < RoomWorld.MaxMembers; i++) await _rooms.AddAsync(owner, room, await _rooms.PersonAsync());
        var (late, busy) = (await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var digest = await world.InviteAsync(owner, room);

        Assert.Equal(RedemptionResult.RoomFull, await LimitedAsync(late, digest));
        Assert.Equal(RegistrationResult.RoomFull, await world.Limited.RegisterAsync(_name, "New", "hash", digest));
        Assert.Equal(0, await _rooms.Sql.CountAsync("SELECT count(*) FROM account WHERE user_name = $1", _name));
        for (var i = 0; i < RoomWorld.MaxRooms; i++) await _rooms.RoomAsync(busy);
        var other = await world.InviteAsync(late, await _rooms.RoomAsync(late));
        Assert.Equal(RedemptionResult.TooManyRooms, await LimitedAsync(busy, other));
        Assert.Equal((1, 1), (await world.UsesAsync(digest), await world.UsesAsync(other)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_has_left_comes_back_by_themselves_and_is_added_by_operators_alone(bool isPublic)
    {
        var (owner, user) = (await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var room = await _rooms.RoomAsync(owner, isPublic, members: [user]);
        await _rooms.DoAsync(user, RoomChangeKind.Leave, room);

        Assert.Equal(RoomResult.HasLeft, await _rooms.TryAsync(owner, RoomChangeKind.Add, room, user));
        Assert.Null(await _rooms.RoleAsync(user, room));
        if (isPublic) await _rooms.DoAsync(user, RoomChangeKind.Join, room);
        else await world.RedeemAsync(user, await world.InviteAsync(owner, room));
        Assert.Equal(RoomRole.Member, await _rooms.RoleAsync(user, room));

        await _rooms.DoAsync(user, RoomChangeKind.Remove, room, user);
        Assert.Equal(RoomResult.HasLeft, await _rooms.TryAsync(owner, RoomChangeKind.Add, room, user));
        var add = RoomWorld.Change(RoomChangeKind.Add, room.Name) with { User = user.Name };
        Assert.Equal(RoomResult.Done, (await _rooms.Rooms.OperateAsync(add)).Result);
    }

    [Fact]
    public async Task Who_was_removed_is_added_again_by_anybody_who_may()
    {
        var (owner, user) = (await _rooms.PersonAsync(), await _rooms.PersonAsync());
        foreach (var room in new[] { await _rooms.RoomAsync(owner), await _rooms.RoomAsync(owner, isPublic: true) })
        {
            await _rooms.AddAsync(owner, room, user);
            await _rooms.DoAsync(owner, RoomChangeKind.Remove, room, user);
            Assert.Equal(RoomResult.Done, await _rooms.TryAsync(owner, RoomChangeKind.Add, room, user));
        }
    }

    [Fact]
    public async Task A_ban_is_lifted_by_adding_also_by_an_operator_and_of_one_who_is_logged_in_nowhere()
    {
        var (owner, gone, other) = (await _rooms.PersonAsync(), await _rooms.PersonAsync(), await _rooms.PersonAsync());
        foreach (var room in new[] { await _rooms.RoomAsync(owner), await _rooms.RoomAsync(owner, isPublic: true) })
        {
            foreach (var user in new[] { gone, other })
            {
                await _rooms.AddAsync(owner, room, user);
                await _rooms.DoAsync(owner, RoomChangeKind.Role, room, user, RoomRole.Banned);
            }
            await _rooms.People.Storage.LogOutAsync(gone.Session);
            var add = RoomWorld.Change(RoomChangeKind.Add, room.Name) with { User = gone.Name, Role = RoomRole.Reader };

            Assert.Equal(new RoomOutcome(RoomResult.Done, room.Log, 6), await _rooms.Rooms.OperateAsync(add));
            Assert.Equal(7, await _rooms.DoAsync(owner, RoomChangeKind.Add, room, other));

            Assert.Equal(0, await _rooms.Sql.CountAsync("SELECT count(*) FROM room_member WHERE log_id = $1 AND role = 0", room.Log));
            Assert.Equal(1, await _rooms.Sql.CountAsync(
                "SELECT count(*) FROM room_member WHERE log_id = $1 AND account_id = $2 AND (role, joined) = (1, 6)",
                room.Log, gone.Account));
            gone = gone with { Session = await _rooms.People.Storage.LogInAsync(gone.Name, gone.Account) };
        }
    }

    private async Task<RedemptionResult> LimitedAsync(Person person, string digest) => (await world.Limited.RedeemAsync(
        person.Session, digest, Identifiers.MessageId.New(TimeProvider.System.GetUtcNow()))).Result;
}
