using System.Diagnostics;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>What <c>inbox</c> hands over of rooms, beside what was sent to its owner alone.</summary>
public sealed class RoomInboxTests(RoomWorld world) : IClassFixture<RoomWorld>
{
    [Fact]
    public async Task Messages_of_the_inbox_and_of_rooms_come_in_the_order_of_their_acceptance_without_ones_own_and_without_changes()
    {
        var (me, other) = (await world.PersonAsync(), await world.PersonAsync());
        var (one, two) = (await world.RoomAsync(other, members: [me]), await world.RoomAsync(me, members: [other]));
        await world.SendAsync(other, one, "1");
        await world.People.SendAsync(other, me, "2");
        await world.SendAsync(me, one, "mine");
        await world.SendAsync(other, two, "3");
        await world.DoAsync(other, RoomChangeKind.Role, one, me, RoomRole.Reader);
        await world.SendAsync(other, one, "4");
        await world.SendAsync(other, two, "deleted");
        await world.DeleteAsync(other, two, await world.LastAsync(two));

        Assert.Equal([$"{one.Name}: 1", "2", $"{two.Name}: 3", $"{one.Name}: 4"], await world.InboxAsync(me));
        var part = await world.ReadAsync(me);
        Assert.Equal(1, part.Through);
        Assert.Equal(
            [new LogNumber(one.Log, await world.LastAsync(one)), new LogNumber(two.Log, await world.LastAsync(two))],
            part.Rooms.OrderBy(room => room.LogId));
        Assert.Equal((other.Name, one.Log), (part.Messages[0].Sender, part.Messages[0].RoomLog));
        Assert.Equal([$"{one.Name}: mine"], await world.InboxAsync(other));
    }

    [Fact]
    public async Task A_hand_over_goes_on_behind_the_numbers_of_each_log_and_its_receipt_moves_all_of_them()
    {
        var (me, other) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(other, members: [me]);
        for (var i = 0; i < 3; i++)
        {
            await world.People.SendAsync(other, me, $"direct {i}");
            await world.SendAsync(other, room, $"room {i}");
        }

        var all = new List<string>();
        var through = 0L;
        var part = await world.ReadAsync(me, 1);
        for (; part.Messages.Count > 0; part = await world.ReadAsync(me, 1, through, part.Rooms))
        {
            Assert.Single(part.Messages);
            all.AddRange(RoomWorld.Texts(part));
            through = Math.Max(through, part.Through);
            if (all.Count == 3) await world.Mailbox.AdvanceAsync(me.Account, through, part.Rooms);
        }

        Assert.Equal(Enumerable.Range(0, 3).SelectMany(i => new[] { $"direct {i}", $"{room.Name}: room {i}" }), all);
        Assert.Equal([$"{room.Name}: room 1", "direct 2", $"{room.Name}: room 2"], await world.InboxAsync(me));
    }

    [Fact]
    public async Task A_receipt_only_rises_and_goes_no_further_than_the_log_and_moves_nothing_in_rooms_of_others()
    {
        var (me, other) = (await world.PersonAsync(), await world.PersonAsync());
        var (mine, theirs) = (await world.RoomAsync(other, members: [me]), await world.RoomAsync(other));
        await world.SendAsync(other, mine, "1", "2");

        await world.Mailbox.AdvanceAsync(me.Account, 0, [new(mine.Log, 4), new(theirs.Log, 1), new(long.MaxValue, 1)]);
        Assert.Empty(await world.InboxAsync(me));
        await world.Mailbox.AdvanceAsync(me.Account, 0, [new(mine.Log, 3)]);
        await world.Mailbox.AdvanceAsync(me.Account, 99, [new(mine.Log, 99)]);
        await world.SendAsync(other, mine, "3");
        await world.People.SendAsync(other, me, "4");

        Assert.Equal([$"{mine.Name}: 3", "4"], await world.InboxAsync(me));
        Assert.Equal(0, await world.Sql.CountAsync(
            "SELECT count(*) FROM room_member WHERE log_id = $1 AND received > joined", theirs.Log));
    }

    [Fact]
    public async Task Nobody_is_handed_what_was_said_before_they_came_or_between_leaving_and_joining_again_or_after_their_removal()
    {
        var (me, owner) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, isPublic: true, showsAll: true);
        await world.SendAsync(owner, room, "before");
        await world.DoAsync(me, RoomChangeKind.Join, room);
        await world.SendAsync(owner, room, "with me");
        Assert.Equal([$"{room.Name}: with me"], await world.InboxAsync(me));
        await world.DoAsync(me, RoomChangeKind.Leave, room);
        Assert.Empty(await world.InboxAsync(me));
        await world.SendAsync(owner, room, "without me");
        await world.DoAsync(me, RoomChangeKind.Join, room);
        Assert.Empty(await world.InboxAsync(me));
        await world.SendAsync(owner, room, "again");
        Assert.Equal([$"{room.Name}: again"], await world.InboxAsync(me));
        await world.DoAsync(owner, RoomChangeKind.Remove, room, me);
        Assert.Empty(await world.InboxAsync(me));
    }

    [Fact]
    public async Task Long_logs_lose_and_repeat_nothing_and_ones_own_messages_hide_no_others()
    {
        var (me, other) = (await world.PersonAsync(), await world.PersonAsync());
        var (one, two) = (await world.RoomAsync(other, members: [me]), await world.RoomAsync(other, members: [me]));
        // More than one call reads of a log: my own, then theirs, while the other room's clock has stepped back.
        await FillAsync(one, me, 2500, "now() - interval '1 hour'");
        await FillAsync(one, other, 1500, "now() - interval '1 minute' * (i % 50)");
        await FillAsync(two, other, 1200, "now() - interval '30 minutes'");
        await world.People.SendAsync(other, me, "direct");

        var seen = new List<(long Log, long Number)>();
        var part = await world.ReadAsync(me, 20_000);
        for (var through = 0L; part.Messages.Count > 0; part = await world.ReadAsync(me, 20_000, through, part.Rooms))
        {
            seen.AddRange(part.Messages.Select(m => (m.RoomLog, m.Number)));
            through = Math.Max(through, part.Through);
        }

        Assert.Equal(2701, seen.Count);
        foreach (var log in seen.GroupBy(message => message.Log))
            Assert.Equal(log.Select(message => message.Number).Distinct().Order(), log.Select(message => message.Number));
    }

    [Fact]
    public async Task A_client_in_a_hundred_quiet_rooms_is_answered_in_two_milliseconds_of_SQL()
    {
        var (me, other) = (await world.PersonAsync(), await world.PersonAsync());
        for (var i = 0; i < 100; i++) await world.RoomAsync(other, members: [me]);
        await world.Sql.ExecuteAsync("test", "ANALYZE", []);
        var read = async () => await world.ReadAsync(me);
        for (var i = 0; i < 20; i++) Assert.Empty((await read()).Messages);

        var times = new List<TimeSpan>();
        for (var i = 0; i < 50; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await read();
            times.Add(Stopwatch.GetElapsedTime(start));
        }

        // With the round trip; the fastest, because other tests use the processors too.
        Assert.InRange(times.Min(), TimeSpan.Zero, TimeSpan.FromMilliseconds(2));
    }

    private Task<int> FillAsync(Room room, Conversations.Person from, int count, string time) => world.Sql.ExecuteAsync(
        "test",
        $"""
        INSERT INTO message (log_id, number, message_id, sender_id, accepted_at, body)
        SELECT $1, last_number($1) + i, gen_random_uuid(), $2, {time}, 'text' FROM generate_series(1, $3) i
        """,
        [room.Log, from.Account, count]);
}
