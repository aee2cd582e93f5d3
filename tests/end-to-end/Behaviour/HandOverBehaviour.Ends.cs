using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <content>Connections that end around a reply: reset, closed in order or over unread bytes, half closed.</content>
public abstract partial class HandOverBehaviour
{
    [Fact]
    public async Task A_reset_after_the_reply_leaves_it_unread()
    {
        await SendAsync("1", "2");
        var broken = await service.LogInAsync(_reader);
        Assert.Equal(["1", "2"], await ReadAsync(broken));
        broken.Reset();

        Assert.Equal(["1", "2"], await ReadAfterGoneAsync());
    }

    [Fact]
    public async Task A_reset_before_the_reply_leaves_it_unread()
    {
        await SendAsync("1");
        var broken = await service.LogInAsync(_reader);
        await broken.SendAsync("inbox\r\n");
        broken.Reset();

        Assert.Equal(["1"], await ReadAfterGoneAsync());
    }

    [Fact]
    public async Task Lines_in_one_write_with_the_inbox_show_nothing_when_the_client_breaks_off()
    {
        await SendAsync("1");
        string token;
        using (var other = await service.LogInAsync(_reader)) token = other.Token;
        for (var i = 0; i < 20; i++)
        {
            // Longer than what is read at once, so that some of it is answered when the connection is known to be broken.
            using var broken = await service.ConnectAsync();
            await broken.SendAsync($"{Lines(2_000)}inbox {token}\r\n{Lines(1_000)}inbox {token}\r\nlistuser {token}\r\n{Lines(2_000)}");
            broken.Reset();
        }

        Assert.Equal(["1"], await ReadAfterGoneAsync());

        static string Lines(int count) => string.Concat(Enumerable.Repeat("?\r\n", count));
    }

    [Fact]
    public async Task A_close_that_throws_the_reply_away_leaves_it_unread()
    {
        await SendAsync("1");
        var careless = await service.LogInAsync(_reader);
        await careless.SendAsync("inbox\r\n");
        await careless.WaitForBytesAsync();
        // The kernel answers a close over unread bytes with a reset, though its TCP has acknowledged them.
        careless.Dispose();

        Assert.Equal(["1"], await ReadAfterGoneAsync());
    }

    [Fact]
    public async Task An_orderly_close_after_the_reply_was_read_shows_receipt()
    {
        await SendAsync("1", "2");
        using (var orderly = await service.LogInAsync(_reader)) Assert.Equal(["1", "2"], await ReadAsync(orderly));

        Assert.Empty(await ReadAfterGoneAsync());
    }

    [Fact]
    public async Task A_half_close_shows_receipt_when_every_byte_of_the_reply_has_arrived()
    {
        await SendAsync("1", "2");
        string token;
        using (var other = await service.LogInAsync(_reader)) token = other.Token;
        using (var piped = await service.ConnectAsync())
        {
            await piped.SendAsync($"inbox {token}\nlistuser {token}\n");
            piped.EndSending();
            Assert.Equal(["1", "2"], Replies.TextsIn(await piped.ReadReplyAsync()));
            await piped.ReadReplyAsync();
            await piped.ReadEndAsync();
        }
        using var reader = await service.LogInAsync(_reader);
        Assert.Empty(await ReadAsync(reader));
    }

    [Fact]
    public async Task A_half_close_that_is_broken_off_before_the_whole_reply_has_arrived_leaves_it_unread()
    {
        var texts = Enumerable.Range(0, 10).Select(i => $"{i}{new string('x', 60_000)}").ToArray();
        await SendAsync(texts);
        var broken = await service.ConnectAsync(receiveBuffer: 4096);
        await broken.LogInAsync(_reader, ChatService.Password);
        await broken.SendAsync("inbox\r\n");
        broken.EndSending();
        await broken.WaitForBytesAsync();
        broken.Reset();

        Assert.Equal(texts, await ReadAfterGoneAsync());
    }
}
