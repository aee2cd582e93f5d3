using OrleansChat.Storage.Conversations;

namespace OrleansChat.Storage.Tests.Conversations;

/// <summary>The page around a message, and how much a page holds.</summary>
public sealed class PageAroundTests(ConversationWorld world) : IClassFixture<ConversationWorld>
{
    private const int MaxBytes = 1 << 20;

    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Around_any_message_it_is_in_the_page_and_the_rest_stands_before_and_after_it(int seed)
    {
        var (random, (me, peer)) = (new Random(seed), await world.TwoAsync());
        for (var i = 0; i < 12; i++)
        {
            var (from, to) = random.Next(2) == 0 ? (me, peer) : (peer, me);
            await world.InsertAsync(from, to, Noon.AddSeconds(random.Next(6)));
            if (random.Next(3) == 0) await world.InsertAsync(await world.PersonAsync(), to, Noon.AddSeconds(random.Next(6)));
        }
        var all = (await world.PageAsync(me, peer, PageSide.After)).Entries;
        Assert.Equal(12, all.Count);

        foreach (var entry in all)
        {
            var place = entry.LogId == me.Account ? new Place(entry.Number, 0) : new Place(0, entry.Number);
            foreach (var limit in new[] { 1, 2, 3, 6, 40 })
            {
                var page = await world.PageAsync(me, peer, PageSide.Around, place, limit);
                Assert.Contains(page.Entries, shown => shown.Id == entry.Id);
                Assert.InRange(page.Entries.Count, 1, limit);
                var older = page.Older is { } o ? (await world.PageAsync(me, peer, PageSide.Before, o)).Entries : [];
                var newer = page.Newer is { } n ? (await world.PageAsync(me, peer, PageSide.After, n)).Entries : [];
                Assert.Equal(page.Older is null, older.Count == 0);
                Assert.Equal(page.Newer is null, newer.Count == 0);
                IEnumerable<StoredEntry> joined = [.. older, .. page.Entries, .. newer];
                Assert.Equal(all.Select(e => e.Id).Order(), joined.Select(e => e.Id).Order());
            }
        }
    }

    [Fact]
    public async Task What_is_no_message_of_the_conversation_is_not_found()
    {
        var (me, peer) = await world.TwoAsync();
        var other = await world.PersonAsync();
        await world.SendAsync(peer, me, "one", "two");
        await world.SendAsync(me, peer, "three");
        await world.SendAsync(other, me, "of another");
        await world.DeleteAsync(peer, me, 1);

        // A deletion, another's message, a number that is too high, one of the wrong log, and none at all.
        foreach (var place in new[] { new Place(4, 0), new Place(3, 0), new Place(9, 0), new Place(0, 2), default })
            Assert.Equal(NoAnswer.NotFound, (await world.AskAsync(me, peer.Name, PageSide.Around, place)).Reason);
        var deleted = (await world.PageAsync(me, peer, PageSide.Around, new Place(1, 0))).Entries[0];
        Assert.Equal((1, 4L), (deleted.Number, deleted.Target));
    }

    [Fact]
    public async Task A_page_holds_a_MiB_of_texts_and_one_message_at_least()
    {
        var (me, peer) = await world.TwoAsync();
        var times = Enumerable.Range(0, 20).Select(i => Noon.AddSeconds(i)).ToArray();
        await world.InsertAsync(peer, me, times, _ => new string('x', 64 * 1024));
        await world.InsertAsync(me, peer, [Noon.AddSeconds(-1)], _ => new string('y', 2 * MaxBytes));

        var newest = await world.PageAsync(me, peer, PageSide.Newest);
        Assert.Equal(15, newest.Entries.Count);
        Assert.All(newest.Entries, entry => Assert.Equal(64 * 1024, entry.Text.Length));
        var older = await world.PageAsync(me, peer, PageSide.Before, newest.Older!.Value);
        Assert.Equal(5, older.Entries.Count);
        var oldest = await world.PageAsync(me, peer, PageSide.Before, older.Older!.Value);
        Assert.Equal(2 * MaxBytes, Assert.Single(oldest.Entries).Text.Length);
        Assert.Null(oldest.Older);
        var around = await world.PageAsync(me, peer, PageSide.Around, new Place(10, 0));
        Assert.InRange(around.Entries.Sum(entry => entry.Text.Length), 12 * 64 * 1024, MaxBytes);
    }

    [Fact]
    public async Task A_deleted_message_keeps_its_place_and_number_without_its_text()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "one", "two", "three");

        await world.DeleteAsync(peer, me, 2);

        foreach (var (reader, other) in new[] { (me, peer), (peer, me) })
        {
            var page = await world.PageAsync(reader, other, PageSide.Newest);
            Assert.Equal(["one", "", "three"], ConversationWorld.Texts(page));
            Assert.Equal([(1L, (long?)null), (2L, 4L), (3L, null)], page.Entries.Select(entry => (entry.Number, entry.Target)));
        }
    }
}
