namespace OrleansChat.Storage.Tests.Conversations;

/// <summary>Markers of what was read and received: they only rise.</summary>
public sealed class MarkerTests(ConversationWorld world) : IClassFixture<ConversationWorld>
{
    [Fact]
    public async Task A_marker_only_rises_and_not_above_the_last_number()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "one", "two", "three");

        var read = new List<(long, int)>();
        foreach (var upTo in new[] { -5, 2, 1, 0, 99, 3 })
        {
            var conversation = (await world.Conversations.MarkReadAsync(me.Session, world.Epoch, peer.Name, upTo)).Value!;
            read.Add((conversation.Read, conversation.Unread));
        }

        Assert.Equal([(0, 3), (2, 1), (2, 1), (2, 1), (3, 0), (3, 0)], read);
        await world.SendAsync(peer, me, "four");
        Assert.Equal(1, (await world.Conversations.FindAsync(me.Session, peer.Name)).Value!.Unread);
    }

    [Fact]
    public async Task A_negative_number_is_none_where_there_was_no_conversation()
    {
        var (me, stranger) = await world.TwoAsync();
        var marked = await world.Conversations.MarkReadAsync(me.Session, world.Epoch, stranger.Name, -5);
        Assert.Equal((0L, 0L), (marked.Value!.Read, marked.Value.UnreadAt));
    }

    [Fact]
    public async Task A_marker_of_one_conversation_is_none_of_another()
    {
        var (me, peer) = await world.TwoAsync();
        var other = await world.PersonAsync();
        await world.SendAsync(peer, me, "one");
        await world.SendAsync(other, me, "two");

        await world.Conversations.MarkReadAsync(me.Session, world.Epoch, other.Name, 2);

        Assert.Equal(1, (await world.Conversations.FindAsync(me.Session, peer.Name)).Value!.Unread);
        Assert.Equal(0, (await world.Conversations.FindAsync(peer.Session, me.Name)).Value!.Read);
    }

    [Fact]
    public async Task Moves_on_several_connections_at_once_leave_the_greatest()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, [.. Enumerable.Repeat("x", 40)]);

        await Task.WhenAll(Enumerable.Range(1, 40).Select(async number =>
        {
            var answered = (await world.Conversations.MarkReadAsync(me.Session, world.Epoch, peer.Name, number)).Value!.Read;
            Assert.InRange(answered, number, 40);
            var received = (await world.Conversations.ReceiveAsync(me.Session, world.Epoch, number)).Value;
            Assert.InRange(received, number, 40);
        }));

        Assert.Equal(40, (await world.Conversations.FindAsync(me.Session, peer.Name)).Value!.Read);
        Assert.Equal(40, (await world.Mailbox.GetEndsAsync(me.Account)).Received);
    }

    [Fact]
    public async Task Receipts_only_rise_and_not_above_the_last_number_and_the_text_protocols_inbox_follows()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "one", "two", "three");

        var received = new List<long>();
        foreach (var number in new[] { -5, 2, 1 })
            received.Add((await world.Conversations.ReceiveAsync(me.Session, world.Epoch, number)).Value);

        Assert.Equal([0, 2, 2], received);
        Assert.Equal([3], (await world.Mailbox.ReadAsync(me.Account, me.Session, 0, 1000))!.Messages.Select(message => message.Number));
        await world.Mailbox.AdvanceAsync(me.Account, 1);
        Assert.Equal(3, (await world.Conversations.ReceiveAsync(me.Session, world.Epoch, 99)).Value);
        Assert.Empty((await world.Mailbox.ReadAsync(me.Account, me.Session, 0, 1000))!.Messages);
        Assert.Equal(3, (await world.TextsAsync(me, peer)).Count);
    }
}
