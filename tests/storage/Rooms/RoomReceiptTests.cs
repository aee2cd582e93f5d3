using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Tests.Conversations;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>Receipts of several logs at once: the inbox, and rooms.</summary>
public sealed class RoomReceiptTests(RoomWorld world) : IClassFixture<RoomWorld>
{
    [Fact]
    public async Task What_was_received_leaves_the_inbox_and_the_numbers_only_rise()
    {
        var (me, other) = (await world.PersonAsync(), await world.PersonAsync());
        var (one, two) = (await world.RoomAsync(other, members: [me]), await world.RoomAsync(other, members: [me]));
        await world.People.SendAsync(other, me, "direct 1", "direct 2");
        await world.SendAsync(other, one, "one 3", "one 4");
        await world.SendAsync(other, two, "two 3");

        Assert.Equal(
            [new LogNumber(one.Log, 3), new LogNumber(me.Account, 1)], await ReceiveAsync(me, new(one.Log, 3), new(me.Account, 1)));
        Assert.Equal(["direct 2", $"{one.Name}: one 4", $"{two.Name}: two 3"], await world.InboxAsync(me));
        // A lower number is answered with the higher; one above the last counts as that.
        Assert.Equal(
            [new LogNumber(one.Log, 3), new LogNumber(two.Log, 3), new LogNumber(me.Account, 2)],
            await ReceiveAsync(me, new(one.Log, 2), new(two.Log, 99), new(me.Account, 99)));
        Assert.Equal([$"{one.Name}: one 4"], await world.InboxAsync(me));
        await world.SendAsync(other, two, "two 4");
        Assert.Equal([$"{one.Name}: one 4", $"{two.Name}: two 4"], await world.InboxAsync(me));
    }

    [Fact]
    public async Task Of_a_receipt_that_names_another_log_or_another_epoch_nothing_is_noted()
    {
        var (me, other) = (await world.PersonAsync(), await world.PersonAsync());
        var (mine, theirs) = (await world.RoomAsync(other, members: [me]), await world.RoomAsync(other, isPublic: true));
        await world.People.SendAsync(other, me, "direct");
        await world.SendAsync(other, mine, "room");

        foreach (var log in new[] { theirs.Log, other.Account, long.MaxValue })
        {
            LogNumber[] logs = [new(me.Account, 1), new(log, 1), new(mine.Log, 3)];
            Assert.Equal(NoAnswer.NotFound, (await world.Rooms.ReceiveAsync(me.Session, world.Epoch, logs)).Reason);
        }
        Assert.Equal(
            NoAnswer.OtherEpoch,
            (await world.Rooms.ReceiveAsync(me.Session, "other", [new(me.Account, 1), new(mine.Log, 3)])).Reason);

        Assert.Equal(["direct", $"{mine.Name}: room"], await world.InboxAsync(me));
    }

    [Fact]
    public async Task Who_was_removed_receives_nothing_more()
    {
        var (me, owner) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, members: [me]);
        await world.SendAsync(owner, room, "3");
        await world.DoAsync(owner, RoomChangeKind.Remove, room, me);

        Assert.Equal(NoAnswer.NotFound, (await world.Rooms.ReceiveAsync(me.Session, world.Epoch, [new(room.Log, 3)])).Reason);
    }

    [Fact]
    public async Task Receipts_of_the_same_logs_in_any_order_do_not_keep_each_other_waiting_for_ever()
    {
        var (me, other) = (await world.PersonAsync(), await world.PersonAsync());
        var rooms = new List<Room>();
        for (var i = 0; i < 5; i++) rooms.Add(await world.RoomAsync(other, members: [me]));
        for (var round = 1; round <= 10; round++)
        {
            await world.People.SendAsync(other, me, "direct");
            foreach (var room in rooms) await world.SendAsync(other, room, "room");
            LogNumber[] logs = [new(me.Account, round), .. rooms.Select(room => new LogNumber(room.Log, round + 2))];
            await Task.WhenAll(
                ReceiveAsync(me, logs), ReceiveAsync(me, [.. logs.Reverse()]),
                world.Mailbox.AdvanceAsync(me.Account, round, [.. logs.Skip(1).Reverse()]));
        }

        Assert.Empty(await world.InboxAsync(me));
    }

    private async Task<IReadOnlyList<LogNumber>> ReceiveAsync(Person me, params LogNumber[] logs)
    {
        var (received, reason) = await world.Rooms.ReceiveAsync(me.Session, world.Epoch, logs);
        Assert.Equal((NoAnswer.None, logs.Length), (reason, received?.Count));
        return [.. logs.Select(log => received!.Single(one => one.LogId == log.LogId))];
    }
}
