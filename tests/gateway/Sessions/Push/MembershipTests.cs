using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Tests.Sessions.Push;

/// <summary>Rooms that users come to and leave while they have a stream.</summary>
public sealed class MembershipTests
{
    private readonly StreamWorld _world = new();

    [Theory]
    [InlineData(EntryKind.Removed, "")]
    [InlineData(EntryKind.Left, "")]
    [InlineData(EntryKind.Role, "banned")]
    public async Task Who_was_removed_gets_nothing_that_was_accepted_after_it(EntryKind kind, string text)
    {
        Join();
        var reading = await _world.OpenAsync();
        _world.Append(StreamWorld.RoomLog);
        _world.Append(StreamWorld.RoomLog, kind: kind, about: StreamWorld.Anna, text: text);
        _world.Append(StreamWorld.RoomLog, 3);
        // The gateway has all of it before the stream gets any, and believes that anna is a member.
        await _world.TellAsync(StreamWorld.RoomLog, 2);
        Assert.Equal(["2:3", "2:4", "rooms 2 none"], await reading.TakeAsync(3));
        _world.Joined = null;

        Assert.Empty(await reading.RestAsync());
        _world.Append(StreamWorld.RoomLog);
        await _world.TellAsync(StreamWorld.RoomLog, 7);
        Assert.Empty(await reading.RestAsync());
    }

    [Fact]
    public async Task A_removal_that_no_hint_told_of_is_found_by_the_next_renewal()
    {
        Join();
        var reading = await _world.OpenAsync();
        _world.Joined = null;
        _world.Pass(17);

        Assert.Equal(["rooms 2 none"], await reading.RestAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_joins_gets_what_follows_from_joining_on(bool isTold)
    {
        var reading = await _world.OpenAsync();
        _world.Append(StreamWorld.RoomLog, 4);
        Join();
        _world.Append(StreamWorld.RoomLog, 2);
        if (isTold) await _world.Observer.Arrived(new PushBatch([], [new UserNotice(StreamWorld.Anna, NoticeKind.Rooms)]));
        else _world.Pass(17);

        Assert.Equal(["rooms 2 Member 4", "2:5", "2:6", "2:7", "2:8"], await reading.RestAsync());
        _world.Append(StreamWorld.RoomLog);
        await _world.TellAsync(StreamWorld.RoomLog, 8);
        Assert.Equal(["2:9"], await reading.RestAsync());
    }

    [Fact]
    public async Task Who_left_and_came_back_does_not_get_what_was_between()
    {
        Join();
        var reading = await _world.OpenAsync();
        _world.Append(StreamWorld.RoomLog, kind: EntryKind.Left, about: StreamWorld.Anna);
        _world.Append(StreamWorld.RoomLog, 3);
        _world.Joined = _world.Append(StreamWorld.RoomLog, kind: EntryKind.Joined, about: StreamWorld.Anna);
        await _world.TellAsync(StreamWorld.RoomLog, 2);

        Assert.Equal(["2:3", "rooms 2 none", "rooms 2 Member 6", "2:7"], await reading.RestAsync());
    }

    [Fact]
    public async Task Who_resumes_with_a_number_from_before_joining_gets_nothing_from_before()
    {
        // Another member's stream has the gateway hold it.
        _world.Append(StreamWorld.RoomLog, 9);
        Join();
        var reading = await _world.OpenAsync((StreamWorld.RoomLog, 3));

        Assert.Equal(["2:10", "2:11"], await reading.RestAsync());
    }

    [Fact]
    public async Task In_large_rooms_changes_come_to_those_whom_they_concern_and_to_moderators()
    {
        Join();
        _world.Members = 201;
        var member = await _world.OpenAsync();
        _world.Role = MemberRole.Moderator;
        var moderator = await _world.OpenAsync();
        _world.Append(StreamWorld.RoomLog, kind: EntryKind.Joined, about: "carla");
        _world.Append(StreamWorld.RoomLog);
        await _world.TellAsync(StreamWorld.RoomLog, 2);

        Assert.Equal(["2:4"], await member.RestAsync());
        Assert.Equal(["2:3", "2:4"], await moderator.RestAsync());
    }

    private void Join()
    {
        _world.Joined = _world.Append(StreamWorld.RoomLog, kind: EntryKind.Joined, about: StreamWorld.Anna);
        _world.Append(StreamWorld.RoomLog);
    }
}
