using System.Text;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Tests.Conversations;

/// <summary>One's own inbox by number, received or not.</summary>
public sealed class ReadLogTests(ConversationWorld world) : IClassFixture<ConversationWorld>
{
    [Fact]
    public async Task Every_entry_comes_once_in_the_order_of_numbers_deletions_too()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "one", "two");
        await world.DeleteAsync(peer, me, 1);
        await world.SendAsync(await world.PersonAsync(), me, "four");
        await world.Mailbox.AdvanceAsync(me.Account, 2);

        for (var limit = 1; limit <= 5; limit++)
        {
            var entries = new List<StoredEntry>();
            for (var after = 0L; after < 4; after = entries[^1].Number)
            {
                var part = (await world.Conversations.ReadLogAsync(me.Session, world.Epoch, after, limit)).Value!;
                Assert.Equal((4L, null), (part.Last, part.First));
                Assert.InRange(part.Entries.Count, 1, limit);
                entries.AddRange(part.Entries);
            }
            Assert.Equal([1L, 2, 3, 4], entries.Select(entry => entry.Number));
            Assert.Equal(["", "two", "", "four"], entries.Select(entry => Encoding.UTF8.GetString(entry.Text)));
            Assert.Equal(
                [(StoredKind.Message, 3L), (StoredKind.Message, null), (StoredKind.Deleted, 1), (StoredKind.Message, (long?)null)],
                entries.Select(entry => (entry.Kind, entry.Target)));
        }
        var end = (await world.Conversations.ReadLogAsync(me.Session, world.Epoch, 4, 9)).Value!;
        Assert.Equal((0, 4L), (end.Entries.Count, end.Last));
    }

    [Fact]
    public async Task A_part_holds_a_MiB_and_one_entry_at_least()
    {
        var (me, peer) = await world.TwoAsync();
        await world.InsertAsync(peer, me, [.. Enumerable.Repeat(DateTime.UtcNow, 20)], _ => new string('x', 64 * 1024));
        await world.InsertAsync(peer, me, [DateTime.UtcNow], _ => new string('y', 2 << 20));

        var part = (await world.Conversations.ReadLogAsync(me.Session, world.Epoch, 0, 1000)).Value!;
        Assert.Equal((15, 21L), (part.Entries.Count, part.Last));
        Assert.Single((await world.Conversations.ReadLogAsync(me.Session, world.Epoch, 20, 1000)).Value!.Entries);
    }

    [Fact]
    public async Task Below_what_the_retention_has_deleted_it_says_what_is_the_first_that_may_be_there()
    {
        var (me, peer) = await world.TwoAsync();
        var now = DateTime.UtcNow;
        await world.InsertAsync(peer, me, now.AddDays(-366), now.AddDays(-366), now);
        await world.PurgeAsync(me);

        var part = (await world.Conversations.ReadLogAsync(me.Session, world.Epoch, 1, 9)).Value!;
        Assert.Equal((3L, 3L), (part.First, part.Last));
        Assert.Equal(3, Assert.Single(part.Entries).Number);
        Assert.Null((await world.Conversations.ReadLogAsync(me.Session, world.Epoch, 2, 9)).Value!.First);

        // The whole log: its numbers go on.
        foreach (var change in new[] { "UPDATE message SET accepted_at = now() - interval '366 days'", "UPDATE log SET look_at = now()" })
            await world.Sql.ExecuteAsync("test", $"{change} WHERE log_id = $1", [me.Account]);
        await new MailboxPurge(world.Storage.Database.DataSource).RunOnceAsync(default);
        part = (await world.Conversations.ReadLogAsync(me.Session, world.Epoch, 0, 9)).Value!;
        Assert.Equal((0, 4L, 3L), (part.Entries.Count, part.First, part.Last));
    }
}
