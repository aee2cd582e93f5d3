using OrleansChat.Storage.Logs;

namespace OrleansChat.Storage.Tests;

/// <summary>What a mailbox holds, for who limits it.</summary>
public sealed class MailboxEndsTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    [Fact]
    public async Task The_ends_and_a_senders_part_follow_what_is_stored_and_what_is_received()
    {
        var (me, one, other) = (await world.AddUserAsync("ends-reader"),
            await world.AddUserAsync("ends-one"), await world.AddUserAsync("ends-other"));
        var (ofOne, ofOther) = (await world.LogInAsync("ends-one", one), await world.LogInAsync("ends-other", other));
        Assert.Equal(new MailboxEnds(0, 0), await world.Mailbox.GetEndsAsync(me));
        Assert.Equal(0, await world.Mailbox.CountUnreadAsync(me, one));

        await StoreAsync(1, ofOne, "a", "b");
        await StoreAsync(3, ofOther, "c");
        await StoreAsync(4, ofOne, "d");
        Assert.Equal(new MailboxEnds(4, 0), await world.Mailbox.GetEndsAsync(me));
        Assert.Equal(3, await world.Mailbox.CountUnreadAsync(me, one));
        Assert.Equal(1, await world.Mailbox.CountUnreadAsync(me, other));

        await world.Mailbox.AdvanceAsync(me, 3);
        Assert.Equal(new MailboxEnds(4, 3), await world.Mailbox.GetEndsAsync(me));
        Assert.Equal(1, await world.Mailbox.CountUnreadAsync(me, one));
        Assert.Equal(0, await world.Mailbox.CountUnreadAsync(me, other));

        async Task StoreAsync(long number, string session, params string[] texts) => Assert.Equal(
            AppendResult.Stored, await world.Mailbox.AppendAsync(
                MailboxWorld.Group(me, number, session, [.. texts.Select(text => MailboxWorld.Message(text))])));
    }
}
