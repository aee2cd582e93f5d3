using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <content>Mailboxes that one reply does not hold.</content>
public abstract partial class HandOverBehaviour
{
    [Theory]
    [InlineData('x')]
    [InlineData('\u0001')]
    public async Task A_large_mailbox_comes_in_order_in_replies_of_at_most_a_mebibyte(char filling)
    {
        const int Messages = 50;
        var filler = new string(filling, 60_000);
        for (var i = 0; i < Messages; i++) await SendAsync($"{i}{filler}");
        using var reader = await service.LogInAsync(_reader);

        var (numbers, replies) = (new List<int>(), 0);
        while (await reader.AskAsync("inbox") is var reply && reply != Replies.EmptyInbox)
        {
            Assert.True(reply.Length <= 1 << 20, $"A reply of {reply.Length} bytes.");
            var texts = Replies.MessagesIn(reply).Select(message => message.Text).ToList();
            Assert.All(texts, text => Assert.EndsWith(filler + "\r\n", text, StringComparison.Ordinal));
            numbers.AddRange(texts.Select(text => int.Parse(text[1..^(filler.Length + 2)], null)));
            replies++;
        }

        Assert.Equal(Enumerable.Range(0, Messages), numbers);
        Assert.InRange(replies, 3, Messages);
    }

    [Fact]
    public async Task Pipelined_inboxes_page_through_a_large_mailbox_and_a_reset_gives_all_of_it_again()
    {
        var texts = Enumerable.Range(0, 40).Select(i => $"{i}{new string('x', 60_000)}").ToArray();
        await SendAsync(texts);
        var broken = await service.LogInAsync(_reader);

        await broken.SendAsync("inbox\r\ninbox\r\ninbox\r\ninbox\r\ninbox\r\n");
        var pages = await broken.ReadRepliesAsync(5);
        broken.Reset();

        Assert.Equal(texts, pages.SelectMany(Replies.TextsIn));
        Assert.Equal(Replies.EmptyInbox, pages[^1]);
        using var reader = await ConnectAfterGoneAsync();
        var again = new List<string>();
        while (await ReadAsync(reader) is { Length: > 0 } page) again.AddRange(page);
        Assert.Equal(texts, again);
    }
}
