using OrleansChat.Limits;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Tests.Conversations;
using OrleansChat.Tests.Shared;
using static OrleansChat.Storage.Tests.Rooms.RoomWorld;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>
/// A change that is asked for again while its first try is under way, holds the room's lock and has not been committed.
/// </summary>
public sealed class ChangeRaceTests(RoomWorld world) : IClassFixture<RoomWorld>
{
    public static TheoryData<RoomChangeKind, RoomResult, long> SameWish => new()
    {
        // What somebody else, or another request, is answered who waits until it is made.
        { RoomChangeKind.Create, RoomResult.NameTaken, 0 },
        { RoomChangeKind.Join, RoomResult.Done, 3 },
        { RoomChangeKind.Add, RoomResult.Done, 3 },
        { RoomChangeKind.Leave, RoomResult.NotAMember, 0 },
        { RoomChangeKind.Remove, RoomResult.NotAMember, 0 },
        { RoomChangeKind.Role, RoomResult.Done, 0 },
        { RoomChangeKind.Set, RoomResult.Done, 0 },
        { RoomChangeKind.Delete, RoomResult.NoSuchRoom, 0 },
    };

    public static TheoryData<RoomChangeKind> Kinds => [.. Enum.GetValues<RoomChangeKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Repeated_under_its_id_it_is_made_once_and_answered_as_the_first_try(RoomChangeKind kind)
    {
        var (actor, change) = await ArrangeAsync(kind);

        var (first, second) = await RaceAsync(actor, change, change, commits: true);

        Assert.Equal(RoomResult.Done, first.Result);
        Assert.Equal(first, second);
        Assert.Equal(kind == RoomChangeKind.Delete ? 0 : 1, await CountEntriesAsync(change));
    }

    [Theory]
    [MemberData(nameof(SameWish))]
    public async Task The_same_wish_under_another_id_adds_nothing(RoomChangeKind kind, RoomResult expected, long number)
    {
        var (actor, change) = await ArrangeAsync(kind);
        var again = change with { Id = Change(kind, change.Room).Id };

        var (first, second) = await RaceAsync(actor, change, again, commits: true);

        Assert.Equal(RoomResult.Done, first.Result);
        Assert.Equal((expected, number), (second.Result, second.Number));
        Assert.Equal(0, await CountEntriesAsync(again));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task If_the_first_try_is_lost_the_repetition_makes_it(RoomChangeKind kind)
    {
        var (actor, change) = await ArrangeAsync(kind);

        var (first, second) = await RaceAsync(actor, change, change, commits: false);

        Assert.Equal((RoomResult.Done, first.Number), (second.Result, second.Number));
        Assert.Equal(kind == RoomChangeKind.Delete ? 0 : 1, await CountEntriesAsync(change));
    }

    /// <summary>A room of an owner and a member, and a change of it that can be made.</summary>
    private async Task<(Person Actor, RoomChange Change)> ArrangeAsync(RoomChangeKind kind)
    {
        var (owner, member, other) = (await world.PersonAsync(), await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, isPublic: true, members: [member]);
        var change = Change(kind, kind == RoomChangeKind.Create ? world.NewName() : room.Name);
        return kind switch
        {
            RoomChangeKind.Create => (owner, change with { Title = "Room", IsPublic = true, ShowsAll = true }),
            RoomChangeKind.Join => (other, change),
            RoomChangeKind.Add => (owner, change with { User = other.Name }),
            RoomChangeKind.Leave => (member, change),
            RoomChangeKind.Remove => (owner, change with { User = member.Name }),
            RoomChangeKind.Role => (owner, change with { User = member.Name, Role = RoomRole.Moderator }),
            RoomChangeKind.Set => (owner, change with { Title = "Another" }),
            _ => (owner, change),
        };
    }

    /// <summary>Has a change wait for another one, which is then committed or rolled back; the outcomes of both.</summary>
    private async Task<(RoomOutcome First, RoomOutcome Second)> RaceAsync(
        Person actor, RoomChange change, RoomChange again, bool commits)
    {
        var limits = new RoomLimits();
        await using var holder = await LockHolder.BeginAsync(world.Sql);
        var first = (await holder.ReadAsync(
            RoomStatements.Change,
            reader => new RoomOutcome((RoomResult)reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2)),
            change.Kind.ToString().ToLowerInvariant(), change.Id, actor.Session, change.Room, change.User, (int)change.Role, change.Title,
            change.IsPublic, change.ShowsAll, limits.Members, limits.RoomsPerUser)).Single();
        var second = world.Rooms.ChangeAsync(actor.Session, again);
        await holder.WaitedForAsync(second);
        await (commits ? holder.ReleaseAsync() : holder.UndoAsync());
        return (first, await second.WaitAsync(Waiting.Patience));
    }

    private Task<long> CountEntriesAsync(RoomChange change) =>
        world.Sql.CountAsync("SELECT count(*) FROM message WHERE message_id = $1", change.Id);
}
