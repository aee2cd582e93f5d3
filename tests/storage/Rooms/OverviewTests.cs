using System.Text;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Tests.Conversations;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>Conversations and rooms in one list, and the names of logs.</summary>
public sealed class OverviewTests(RoomWorld world) : IClassFixture<RoomWorld>
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task The_one_with_the_latest_entry_is_first_be_it_a_conversation_or_a_room()
    {
        var (me, peer) = (await world.PersonAsync(), await world.PersonAsync());
        var old = await world.RoomAsync(peer, members: [me]);
        var busy = await world.RoomAsync(peer, members: [me]);
        await world.RoomAsync(peer);
        await world.People.SendAsync(peer, me, "direct");
        await world.SendAsync(peer, busy, "3", "4");
        await world.SendAsync(me, busy, "mine");
        await world.DeleteAsync(peer, busy, 4);
        await world.Rooms.SetMutedAsync(me.Session, busy.Name, true);

        var (list, ends) = (await world.Rooms.ListConversationsAsync(me.Session, 9, null)).Value!;

        Assert.Equal((world.Epoch, me.Account, 1L, null), (list.Epoch, list.LogId, list.End, list.Older));
        Assert.Equal([$"#{busy.Name}", peer.Name, $"#{old.Name}"], list.Conversations.Select(conversation => conversation.Peer));
        Assert.Equal([new LogNumber(old.Log, 2), new LogNumber(busy.Log, 6)], ends.OrderBy(end => end.LogId));
        var (room, direct, other) = (list.Conversations[0], list.Conversations[1], list.Conversations[2]);
        // The last entry is not the deletion, which no page shows.
        Assert.Equal((5L, me.Name, "mine"), (room.Last!.Number, room.Last.Sender, Encoding.UTF8.GetString(room.Last.Text)));
        Assert.Equal(
            ("A Room", busy.Log, 2, 6L, 2L, true),
            (room.PeerName, room.LogId, room.Unread, room.UnreadAt, room.Read, room.IsMuted));
        Assert.Equal((me.Account, 1, 1L), (direct.LogId, direct.Unread, direct.UnreadAt));
        Assert.Equal((StoredKind.Joined, me.Name), (other.Last!.Kind, other.Last.User));
    }

    [Fact]
    public async Task Its_parts_joined_are_the_list_also_where_times_are_equal_and_where_bytes_end_a_part()
    {
        var me = await world.PersonAsync();
        var expected = new List<(DateTime At, long Id, string Name)>();
        for (var i = 0; i < 12; i++)
        {
            var (peer, at) = (await world.PersonAsync(), Noon.AddSeconds(i / 4));
            if (i % 2 == 0)
            {
                await world.People.InsertAsync(peer, me, at);
                expected.Add((at, peer.Account, peer.Name));
            }
            else
            {
                var room = await world.RoomAsync(peer, members: [me]);
                await world.Sql.ExecuteAsync("test", "UPDATE message SET accepted_at = $2 WHERE log_id = $1", [room.Log, at]);
                expected.Add((at, room.Log, $"#{room.Name}"));
            }
        }
        var names = expected.OrderByDescending(one => (one.At, one.Id)).Select(one => one.Name).ToList();

        for (var limit = 1; limit <= 13; limit++)
        {
            Assert.Equal(names, await WalkAsync(world.Rooms, me, limit));
            Assert.Equal(names, await WalkAsync(new RoomStore(world.Sql, new()) { MaxBytes = 600 }, me, limit));
        }
        Assert.Equal(names, await WalkAsync(new RoomStore(world.Sql, new()) { MaxBytes = 1 }, me, 9));
    }

    [Fact]
    public async Task What_a_member_may_not_see_is_not_the_last_entry()
    {
        var (owner, me) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, members: [me]);
        await world.SendAsync(owner, room, "seen");
        await world.DoAsync(me, RoomChangeKind.Leave, room);
        await world.SendAsync(owner, room, "between");
        Assert.Empty((await world.Rooms.ListConversationsAsync(me.Session, 9, null)).Value!.List.Conversations);

        await world.ReturnAsync(room, me);
        var listed = (await world.Rooms.ListConversationsAsync(me.Session, 9, null)).Value!.List.Conversations.Single();
        Assert.Equal((StoredKind.Joined, 0), (listed.Last!.Kind, listed.Unread));
        // Not even where nothing else is left for them.
        var late = await world.PersonAsync();
        await world.AddAsync(owner, room, late);
        await world.Sql.ExecuteAsync("test", "DELETE FROM message WHERE log_id = $1 AND number = 7", [room.Log]);
        Assert.Null((await world.Rooms.ListConversationsAsync(late.Session, 9, null)).Value!.List.Conversations.Single().Last);
        // Their age takes the entries, and the room stays.
        await world.Sql.ExecuteAsync("test", "DELETE FROM message WHERE log_id = $1", [room.Log]);
        await world.Sql.ExecuteAsync("test", "UPDATE log SET purged = 6 WHERE log_id = $1", [room.Log]);
        listed = (await world.Rooms.ListConversationsAsync(me.Session, 9, null)).Value!.List.Conversations.Single();
        Assert.Equal(($"#{room.Name}", null, 6L), (listed.Peer, listed.Last, listed.UnreadAt));
    }

    [Theory]
    [InlineData(99, 99)]
    [InlineData(100, 100)]
    [InlineData(150, 100)]
    public async Task Unread_messages_of_a_room_are_counted_up_to_a_bound(int count, int counted)
    {
        var (owner, me) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, members: [me]);
        await world.Sql.ExecuteAsync(
            "test",
            """
            INSERT INTO message (log_id, number, message_id, sender_id, body)
            SELECT $1, 2 + i, gen_random_uuid(), $2, 'text' FROM generate_series(1, $3) i
            """,
            [room.Log, owner.Account, count]);
        await world.SendAsync(me, room, "mine");

        var listed = (await world.Rooms.ListConversationsAsync(me.Session, 9, null)).Value!.List.Conversations.Single();

        Assert.Equal((counted, count + 3L), (listed.Unread, listed.UnreadAt));
    }

    [Fact]
    public async Task The_name_of_a_log_is_told_to_members_in_its_epoch_while_there_is_the_room()
    {
        var (owner, other) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, isPublic: true);
        Assert.Equal(room.Name, (await world.Rooms.FindNameAsync(owner.Session, world.Epoch, room.Log)).Value);
        Assert.Equal(NoAnswer.NotFound, (await world.Rooms.FindNameAsync(other.Session, world.Epoch, room.Log)).Reason);
        Assert.Equal(NoAnswer.NotFound, (await world.Rooms.FindNameAsync(owner.Session, world.Epoch, owner.Account)).Reason);
        Assert.Equal(NoAnswer.OtherEpoch, (await world.Rooms.FindNameAsync(owner.Session, "other", room.Log)).Reason);

        await world.Rooms.ChangeAsync(owner.Session, RoomWorld.Change(RoomChangeKind.Delete, room.Name));
        Assert.Equal(NoAnswer.NotFound, (await world.Rooms.FindNameAsync(owner.Session, world.Epoch, room.Log)).Reason);
        Assert.Empty((await world.Rooms.ListConversationsAsync(owner.Session, 9, null)).Value!.List.Conversations);
    }

    private static async Task<List<string>> WalkAsync(RoomStore rooms, Person me, int limit)
    {
        var names = new List<string>();
        for (ListPosition? before = null; ;)
        {
            var (list, ends) = (await rooms.ListConversationsAsync(me.Session, limit, before)).Value!;
            Assert.InRange(list.Conversations.Count, 1, limit);
            // Those of all rooms, on each part.
            Assert.Equal(6, ends.Count);
            names.AddRange(list.Conversations.Select(conversation => conversation.Peer));
            if (list.Older is null) return names;
            before = list.Older;
        }
    }
}
