using OrleansChat.Storage.Conversations;

namespace OrleansChat.Storage.Tests.Conversations;

/// <summary>Pages joined at their cursors are the conversation, whatever the times of its messages and the lengths of the pages.</summary>
public sealed class PageWalkTests(ConversationWorld world) : IClassFixture<ConversationWorld>
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task From_either_end_each_message_comes_once_also_where_times_are_equal_or_fall(int seed)
    {
        var (random, (me, peer)) = (new Random(seed), await world.TwoAsync());
        // Seconds out of a few: most messages have the time of another, and numbers rise while times fall.
        List<(Person From, Person To, int Second)> messages =
            [.. Enumerable.Range(0, 14).Select(_ => random.Next(2) == 0 ? (me, peer, random.Next(4)) : (peer, me, random.Next(4)))];
        foreach (var (from, to, second) in messages) await world.InsertAsync(from, to, Noon.AddSeconds(second));
        // The same, but with others' messages between them.
        await world.InsertAsync(await world.PersonAsync(), me, Noon);

        for (var limit = 1; limit <= messages.Count + 1; limit++)
        {
            await AssertWalkAsync(me, peer, limit, messages.Count);
            await AssertWalkAsync(peer, me, limit, messages.Count);
        }
    }

    [Fact]
    public async Task While_times_rise_with_numbers_both_sides_see_one_order_from_either_end()
    {
        var (me, peer) = await world.TwoAsync();
        string[] expected = ["1", "1", "2", "2", "3", "3"];
        for (var i = 0; i < 3; i++)
        {
            await world.InsertAsync(me, peer, Noon.AddSeconds(2 * i));
            await world.InsertAsync(peer, me, Noon.AddSeconds((2 * i) + 1));
        }

        foreach (var (reader, other) in new[] { (me, peer), (peer, me) })
        {
            Assert.Equal(expected, await world.TextsAsync(reader, other));
            var forward = await world.PageAsync(reader, other, PageSide.After);
            Assert.Equal(expected, ConversationWorld.Texts(forward));
            // A question stands before its answer.
            Assert.Equal(
                [me.Name, peer.Name, me.Name, peer.Name, me.Name, peer.Name], forward.Entries.Select(entry => entry.Sender));
        }
    }

    [Fact]
    public async Task Messages_of_one_commit_come_in_the_order_of_number_and_log_for_both_sides()
    {
        var (me, peer) = await world.TwoAsync();
        await world.InsertAsync(me, peer, Noon, Noon, Noon);
        await world.InsertAsync(peer, me, Noon, Noon);
        (long, long)[] expected = [(1, me.Account), (1, peer.Account), (2, me.Account), (2, peer.Account), (3, peer.Account)];

        foreach (var (reader, other) in new[] { (me, peer), (peer, me) })
        {
            foreach (var side in new[] { PageSide.Newest, PageSide.After })
            {
                var page = await world.PageAsync(reader, other, side);
                Assert.Equal(expected, page.Entries.Select(entry => (entry.Number, entry.LogId)));
            }
        }
    }

    [Fact]
    public async Task A_conversation_with_oneself_is_one_range()
    {
        var me = await world.PersonAsync();
        await world.InsertAsync(me, me, [.. Enumerable.Range(0, 5).Select(i => Noon.AddSeconds(i))]);

        for (var limit = 1; limit <= 6; limit++) await AssertWalkAsync(me, me, limit, 5);
        var around = await world.PageAsync(me, me, PageSide.Around, new Place(3, 0), 2);
        Assert.Equal(["2", "3"], ConversationWorld.Texts(around));
    }

    [Fact]
    public async Task What_expires_between_two_pages_shortens_the_walk_and_nothing_else()
    {
        var (me, peer) = await world.TwoAsync();
        var now = DateTime.UtcNow;
        var times = Enumerable.Range(0, 8).Select(i => now.AddDays(i < 4 ? -366 : -1).AddSeconds(i)).ToArray();
        await world.InsertAsync(peer, me, times);
        await world.InsertAsync(me, peer, times);
        var newest = await world.PageAsync(me, peer, PageSide.Newest, limit: 5);
        var oldest = await world.PageAsync(me, peer, PageSide.After, limit: 5);

        await world.PurgeAsync(me);
        await world.PurgeAsync(peer);

        var older = await world.PageAsync(me, peer, PageSide.Before, newest.Older!.Value);
        Assert.Equal(["5", "5", "6"], ConversationWorld.Texts(older));
        Assert.Null(older.Older);
        // Forward: it stood in the middle of what is gone.
        var newer = await world.PageAsync(me, peer, PageSide.After, oldest.Newer!.Value);
        Assert.Equal(["5", "5", "6", "6", "7", "7", "8", "8"], ConversationWorld.Texts(newer));
        Assert.Null(newer.Newer);
        Assert.Null(newer.Older);
    }

    private async Task AssertWalkAsync(Person me, Person peer, int limit, int count)
    {
        var back = new List<StoredEntry>();
        for (var page = await world.PageAsync(me, peer, PageSide.Newest, limit: limit); ;
             page = await world.PageAsync(me, peer, PageSide.Before, page.Older.Value, limit))
        {
            AssertLength(page);
            // Newer messages stand after every page but the first, which is the newest.
            Assert.Equal(back.Count == 0, page.Newer is null);
            back.InsertRange(0, page.Entries);
            if (page.Older is null) break;
        }
        var forth = new List<StoredEntry>();
        for (var page = await world.PageAsync(me, peer, PageSide.After, limit: limit); ;
             page = await world.PageAsync(me, peer, PageSide.After, page.Newer.Value, limit))
        {
            AssertLength(page);
            Assert.Equal(forth.Count == 0, page.Older is null);
            forth.AddRange(page.Entries);
            if (page.Newer is null) break;
        }
        AssertAll(back);
        AssertAll(forth);

        void AssertLength(StoredPage page) => Assert.InRange(page.Entries.Count, 1, limit);

        void AssertAll(List<StoredEntry> walked)
        {
            Assert.Equal(count, walked.DistinctBy(entry => entry.Id).Count());
            Assert.Equal(count, walked.Count);
            foreach (var direction in walked.GroupBy(entry => entry.LogId))
                Assert.Equal(direction.Select(entry => entry.Number).Order(), direction.Select(entry => entry.Number));
        }
    }
}
