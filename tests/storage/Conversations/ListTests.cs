using System.Text;
using OrleansChat.Storage.Conversations;

namespace OrleansChat.Storage.Tests.Conversations;

/// <summary>The list of a user's conversations, and its counts.</summary>
public sealed class ListTests(ConversationWorld world) : IClassFixture<ConversationWorld>
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task The_one_with_the_latest_message_of_either_side_is_first_and_those_without_messages_are_left_out()
    {
        var me = await world.PersonAsync();
        var (first, second) = await world.TwoAsync();
        var (silent, muted) = await world.TwoAsync();
        await world.SendAsync(first, me, "a");
        await world.SendAsync(second, me, "b");
        await world.SendAsync(me, first, "c");
        await world.Mailbox.AdmitAsync(me.Account, silent.Session);
        await world.Conversations.SetMutedAsync(me.Session, muted.Name, true);
        await world.SendAsync(me, me, "to myself");

        var list = (await world.Conversations.ListAsync(me.Session, 9, null)).Value!;

        Assert.Equal([me.Name, first.Name, second.Name], list.Conversations.Select(conversation => conversation.Peer));
        Assert.Equal(["to myself", "c", "b"], list.Conversations.Select(c => Encoding.UTF8.GetString(c.Last!.Text)));
        Assert.Equal((world.Epoch, me.Account, 3L, null), (list.Epoch, list.LogId, list.End, list.Older));
        Assert.Equal([0, 1, 1], list.Conversations.Select(conversation => conversation.Unread));
        Assert.All(list.Conversations, conversation => Assert.Equal((me.Account, 3L), (conversation.LogId, conversation.UnreadAt)));
        Assert.Null((await world.Conversations.FindAsync(me.Session, silent.Name)).Value!.Last);
        Assert.True((await world.Conversations.FindAsync(me.Session, muted.Name)).Value!.IsMuted);
        Assert.False((await world.Conversations.SetMutedAsync(me.Session, muted.Name, false)).Value!.IsMuted);
    }

    [Fact]
    public async Task Its_parts_are_bounded_by_bytes_too_with_one_conversation_at_least()
    {
        var me = await world.PersonAsync();
        for (var i = 0; i < 3; i++) await world.SendAsync(await world.PersonAsync(), me, new string('x', 1000));
        var conversations = new OrleansChat.Storage.Conversations.Conversations(world.Sql) { MaxBytes = 2600 };

        var first = (await conversations.ListAsync(me.Session, 9, null)).Value!;
        Assert.Equal(2, first.Conversations.Count);
        var rest = (await conversations.ListAsync(me.Session, 9, first.Older)).Value!;
        Assert.Null(rest.Older);
        Assert.Equal(3, first.Conversations.Concat(rest.Conversations).Select(conversation => conversation.Peer).Distinct().Count());

        conversations = new OrleansChat.Storage.Conversations.Conversations(world.Sql) { MaxBytes = 1 };
        Assert.Single((await conversations.ListAsync(me.Session, 9, null)).Value!.Conversations);
    }

    [Fact]
    public async Task Its_parts_joined_are_the_list_also_where_times_are_equal()
    {
        var me = await world.PersonAsync();
        Assert.Empty((await world.Conversations.ListAsync(me.Session, 9, null)).Value!.Conversations);
        var expected = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            var peer = await world.PersonAsync();
            await world.InsertAsync(peer, me, Noon, Noon.AddSeconds(i / 3));
            await world.InsertAsync(me, peer, Noon.AddSeconds(-1));
            expected.Insert(0, peer.Name);
        }

        for (var limit = 1; limit <= 10; limit++)
        {
            var names = new List<string>();
            for (ListPosition? before = null; ;)
            {
                var list = (await world.Conversations.ListAsync(me.Session, limit, before)).Value!;
                Assert.InRange(list.Conversations.Count, 1, limit);
                names.AddRange(list.Conversations.Select(conversation => conversation.Peer));
                if (list.Older is null) break;
                before = list.Older;
            }
            Assert.Equal(expected, names);
        }
    }

    [Theory]
    [InlineData(99, 99, 99)]
    [InlineData(100, 100, 100)]
    [InlineData(101, 100, 101)]
    [InlineData(1000, 100, 1000)]
    [InlineData(1001, 100, 1000)]
    public async Task Unread_messages_are_counted_exactly_up_to_a_bound(int count, int inList, int alone)
    {
        var (me, peer) = await world.TwoAsync();
        await world.InsertAsync(peer, me, [.. Enumerable.Repeat(Noon, count + 1)]);
        await world.InsertAsync(await world.PersonAsync(), me, Noon);
        await world.InsertAsync(me, peer, Noon);
        await world.Conversations.MarkReadAsync(me.Session, world.Epoch, peer.Name, 1);

        var list = (await world.Conversations.ListAsync(me.Session, 9, null)).Value!;

        Assert.Equal(inList, list.Conversations.Single(conversation => conversation.Peer == peer.Name).Unread);
        var found = (await world.Conversations.FindAsync(me.Session, peer.Name)).Value!;
        Assert.Equal((alone, count + 2L, 1L), (found.Unread, found.UnreadAt, found.Read));
    }

    [Fact]
    public async Task Deletions_and_receipts_change_no_count_of_unread_messages()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "one", "two", "three");
        await world.Conversations.MarkReadAsync(me.Session, world.Epoch, peer.Name, 1);
        await world.DeleteAsync(peer, me, 1);
        await world.DeleteAsync(peer, me, 3);
        await world.Conversations.ReceiveAsync(me.Session, world.Epoch, 5);

        var found = (await world.Conversations.FindAsync(me.Session, peer.Name)).Value!;

        Assert.Equal((2, 5L), (found.Unread, found.UnreadAt));
        // The latest message, which a deletion is not.
        Assert.Equal((3L, 5L, 0), (found.Last!.Number, found.Last.Target!.Value, found.Last.Text.Length));
        Assert.Equal(0, (await world.Conversations.MarkReadAsync(me.Session, world.Epoch, peer.Name, 3)).Value!.Unread);
    }
}
