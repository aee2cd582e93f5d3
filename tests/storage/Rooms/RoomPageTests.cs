using System.Text;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Tests.Conversations;
using static OrleansChat.Storage.Tests.Rooms.RoomWorld;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>Pages, parts and counts of a room go by its numbers, and by what a member may see.</summary>
public sealed class RoomPageTests(RoomWorld world) : IClassFixture<RoomWorld>
{
    [Fact]
    public async Task Pages_walk_through_a_room_in_both_directions_without_a_gap_or_a_repetition()
    {
        var owner = await world.PersonAsync();
        var room = await world.RoomAsync(owner);
        await world.SendAsync(owner, room, [.. Enumerable.Range(2, 20).Select(i => $"{i}")]);
        await world.DeleteAsync(owner, room, 5);

        var back = new List<long>();
        for (long? place = long.MaxValue; place is not null;)
        {
            var side = place == long.MaxValue ? PageSide.Newest : PageSide.Before;
            var page = await PageAsync(owner, room, side, place.Value, 3);
            back.InsertRange(0, page.Entries.Select(entry => entry.Number));
            Assert.True(page.Entries.Count == 3 || page.Older is null);
            place = page.Older;
        }
        var forth = new List<long>();
        for (long? place = 0; place is not null;)
        {
            var page = await PageAsync(owner, room, PageSide.After, place.Value, 4);
            forth.AddRange(page.Entries.Select(entry => entry.Number));
            place = page.Newer;
        }

        Assert.Equal(Enumerable.Range(1, 21).Select(i => (long)i), back);
        Assert.Equal(back, forth);
        var around = await PageAsync(owner, room, PageSide.Around, 10, 4);
        Assert.Equal([8L, 9, 10, 11], around.Entries.Select(entry => entry.Number));
        Assert.Equal((7L, 11L), (around.Older, around.Newer));
        var deleted = (await PageAsync(owner, room, PageSide.Around, 5, 1)).Entries.Single();
        Assert.Equal((22L, ""), (deleted.Target, Encoding.UTF8.GetString(deleted.Text)));
        foreach (var (number, epoch, expected) in new[]
        {
            (99L, world.Epoch, NoAnswer.NotFound), (22, world.Epoch, NoAnswer.NotFound), (2, "other", NoAnswer.OtherEpoch),
        })
            Assert.Equal(expected, (await world.Rooms.ReadPageAsync(
                owner.Session, new RoomPageQuery(room.Name, PageSide.Around, number, epoch, 9))).Reason);
    }

    [Theory]
    [InlineData(false, false, new[] { "c" }, new[] { "a", "c" })]
    [InlineData(false, true, new[] { "a", "b", "c" }, new[] { "a", "c" })]
    [InlineData(true, false, new[] { "c" }, new[] { "a", "c" })]
    [InlineData(true, true, new[] { "a", "b", "c" }, new[] { "a", "b", "c" })]
    public async Task New_members_see_what_the_room_says_and_who_comes_again_to_a_private_one_not_what_was_between(
        bool isPublic, bool showsAll, string[] seenByNew, string[] seenByReturned)
    {
        var (owner, comesNew, returns) = (await world.PersonAsync(), await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, isPublic, showsAll, members: [returns]);
        await world.SendAsync(owner, room, "a");
        await world.DoAsync(returns, RoomChangeKind.Leave, room);
        await world.SendAsync(owner, room, "b");
        await world.ReturnAsync(room, returns);
        await world.AddAsync(owner, room, comesNew);
        await world.SendAsync(owner, room, "c");

        Assert.Equal(seenByNew, await world.MessagesAsync(comesNew, room));
        Assert.Equal(seenByReturned, await world.MessagesAsync(returns, room));
        Assert.Equal(seenByReturned, await TextsAsync(returns, room, 100));
        // Page by page too.
        Assert.Equal(seenByReturned, await TextsAsync(returns, room, 1));
        // What they do not see they do not find.
        if (seenByReturned.Length == 2)
        {
            var hidden = (await world.EntriesAsync(owner, room)).Single(entry => Encoding.UTF8.GetString(entry.Text) == "b").Number;
            Assert.Null(await world.Rooms.FindDeletionAsync(returns.Session, room.Log, hidden));
            Assert.Equal(NoAnswer.NotFound, (await world.Rooms.ReadPageAsync(
                returns.Session, new RoomPageQuery(room.Name, PageSide.Around, hidden, world.Epoch, 9))).Reason);
        }
    }

    [Fact]
    public async Task A_room_that_becomes_public_hides_its_past_from_those_who_join_then()
    {
        var (owner, old, late) = (await world.PersonAsync(), await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, isPublic: false, showsAll: true, members: [old]);
        await world.SendAsync(owner, room, "private");
        await world.Rooms.ChangeAsync(owner.Session, Change(RoomChangeKind.Set, room.Name) with { IsPublic = true });
        await world.SendAsync(owner, room, "public");
        await world.DoAsync(late, RoomChangeKind.Join, room);

        Assert.Equal(["public"], await world.MessagesAsync(late, room));
        Assert.Equal(["private", "public"], await world.MessagesAsync(old, room));
    }

    [Fact]
    public async Task Unread_counts_the_messages_of_others_above_the_marker_which_only_rises()
    {
        var (me, other) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(other, members: [me]);
        Assert.Equal((0, 2L, 2L), await UnreadAsync(me, room));
        await world.SendAsync(other, room, "3", "4");
        await world.SendAsync(me, room, "5");
        await world.SendAsync(other, room, "6");
        await world.DoAsync(other, RoomChangeKind.Role, room, me, RoomRole.Moderator);

        Assert.Equal((3, 2L, 7L), await UnreadAsync(me, room));
        Assert.Equal(1, (await UnreadAsync(other, room)).Unread);
        foreach (var (upTo, read, unread) in new[] { (3L, 3L, 2), (5, 5, 1), (4, 5, 1), (99, 7, 0) })
        {
            var mine = (await world.Rooms.MarkReadAsync(me.Session, world.Epoch, room.Name, upTo)).Value!.Mine!;
            Assert.Equal((read, unread, 7L), (mine.Read, mine.Unread, mine.Last));
        }
        Assert.Equal(NoAnswer.OtherEpoch, (await world.Rooms.MarkReadAsync(me.Session, "other", room.Name, 1)).Reason);
        Assert.True((await world.Rooms.SetMutedAsync(me.Session, room.Name, true)).Value!.Mine!.IsMuted);
        Assert.False((await world.Rooms.FindAsync(other.Session, room.Name)).Value!.Mine!.IsMuted);
        Assert.Equal([room.Name], (await world.Rooms.ListAsync(me.Session, true, 9, "")).Value!.Select(r => r.Name));
    }

    [Fact]
    public async Task A_rooms_messages_go_by_their_age_whoever_has_received_them_and_its_numbers_go_on()
    {
        var (me, other) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(other, members: [me]);
        await world.SendAsync(other, room, "old", "older than a day", "new");
        await world.Sql.ExecuteAsync(
            "test", "UPDATE message SET accepted_at = now() - interval '25 hours' WHERE log_id = $1 AND number <= 4", [room.Log]);
        try
        {
            await KeepAsync("0");
            await world.Sql.ExecuteAsync("test", "UPDATE log SET look_at = now() WHERE log_id = $1", [room.Log]);
            await PurgeAsync();
            Assert.Equal([$"{room.Name}: new"], await world.InboxAsync(me));
            Assert.Equal(["new"], await world.MessagesAsync(me, room));
            Assert.Equal((1, 2L, 5L), await UnreadAsync(me, room));
            Assert.Equal(5, (await world.Rooms.ReadLogAsync(me.Session, world.Epoch, room.Log, 1, 9)).Value!.First);
            // The next time to look is when the first of the rest is a day old.
            Assert.Equal(1, await world.Sql.CountAsync(
                """
                SELECT count(*) FROM log g JOIN message m ON m.log_id = g.log_id AND m.number = 5
                WHERE g.log_id = $1 AND g.look_at = m.accepted_at + interval '24 hours'
                """,
                room.Log));

            await world.Sql.ExecuteAsync(
                "test", "UPDATE message SET accepted_at = now() - interval '25 hours' WHERE log_id = $1", [room.Log]);
            await world.Sql.ExecuteAsync("test", "UPDATE log SET look_at = now() WHERE log_id = $1", [room.Log]);
            await PurgeAsync();
            Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM message WHERE log_id = $1", room.Log));
            Assert.Equal(1, await world.Sql.CountAsync(
                "SELECT count(*) FROM log WHERE log_id = $1 AND look_at - now() BETWEEN interval '23 hours' AND interval '25 hours'",
                room.Log));
            Assert.Equal(AppendResult.Stored, await world.SendAsync(other, room, "6"));
            Assert.Equal(6, await world.LastAsync(room));
            Assert.Equal([$"{room.Name}: 6"], await world.InboxAsync(me));
        }
        finally
        {
            await KeepAsync("365 days");
            await PurgeAsync();
        }
    }

    [Fact]
    public async Task A_deleted_rooms_messages_are_purged()
    {
        var owner = await world.PersonAsync();
        var room = await world.RoomAsync(owner);
        await world.SendAsync(owner, room, "gone");
        await world.DoAsync(owner, RoomChangeKind.Delete, room);
        await PurgeAsync();
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM message WHERE log_id = $1", room.Log));
        await world.Sql.ExecuteAsync(
            "test", "UPDATE log SET removed_at = now() - interval '12 minutes', look_at = now() WHERE log_id = $1", [room.Log]);
        await world.Sql.ExecuteAsync("test", "UPDATE room SET removed_at = now() - interval '12 minutes' WHERE log_id = $1", [room.Log]);
        await PurgeAsync();
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM log WHERE log_id = $1", room.Log));
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM room WHERE log_id = $1", room.Log));
    }

    private async Task<(int Unread, long Read, long Last)> UnreadAsync(Person person, Room room)
    {
        var mine = (await world.Rooms.FindAsync(person.Session, room.Name)).Value!.Mine!;
        return (mine.Unread, mine.Read, mine.Last);
    }

    private async Task<StoredRoomPage> PageAsync(Person person, Room room, PageSide side, long place, int limit)
    {
        var (page, reason) = await world.Rooms.ReadPageAsync(
            person.Session, new RoomPageQuery(room.Name, side, place, world.Epoch, limit));
        Assert.Equal(NoAnswer.None, reason);
        return page!;
    }

    private async Task<List<string>> TextsAsync(Person person, Room room, int limit)
    {
        var texts = new List<string>();
        var page = await PageAsync(person, room, PageSide.Newest, 0, limit);
        while (true)
        {
            texts.InsertRange(0, page.Entries.Where(e => e.Kind == StoredKind.Message).Select(e => Encoding.UTF8.GetString(e.Text)));
            if (page.Older is not { } older) return texts;
            page = await PageAsync(person, room, PageSide.Before, older, limit);
        }
    }

    private Task<int> KeepAsync(string keep) => world.Sql.ExecuteAsync(
        "test", "UPDATE retention SET keep = $1::text::interval, keep_now = $1::text::interval, begins_at = now()", [keep]);

    private Task<long> PurgeAsync() => new MailboxPurge(world.People.Storage.Database.DataSource).RunOnceAsync(default);
}
