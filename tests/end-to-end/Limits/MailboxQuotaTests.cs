using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Limits;

namespace OrleansChat.EndToEnd.Tests.Limits;

/// <summary>How much a mailbox takes, in all and of one sender.</summary>
public sealed class MailboxQuotaTests : IAsyncLifetime
{
    private readonly ChatService _service = new() { Arguments = ["--max-unread", "10", "--max-unread-of-sender", "6"] };

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task One_sender_fills_a_part_of_a_mailbox_and_others_still_reach_it()
    {
        var (reader, _) = await _service.EnterAsync("reader");
        var (_, spammer) = await _service.EnterAsync("spammer");
        var (_, friend) = await _service.EnterAsync("friend");

        Assert.Equal(6, await CountSentAsync(spammer, reader, 8));
        Assert.Equal(4, await CountSentAsync(friend, reader, 6));
        Assert.Equal(Replies.MailboxFull, await spammer.AskAsync($"send {spammer.Token} {reader} more"));
        Assert.Equal(2, _service.CountOf(LimitNames.MailboxShare));
        Assert.Equal(3, _service.CountOf(LimitNames.Mailbox));
    }

    [Fact]
    public async Task What_was_received_makes_room()
    {
        var (reader, client) = await _service.EnterAsync("reader");
        var (_, sender) = await _service.EnterAsync("sender");
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(6, await CountSentAsync(sender, reader, 7));
            // Handed over is not received: nothing more goes in.
            Assert.Equal(6, Replies.TextsIn(await client.AskAsync("inbox")).Length);
            Assert.Equal(Replies.MailboxFull, await sender.AskAsync($"send {sender.Token} {reader} more"));
            Assert.Equal(Replies.EmptyInbox, await client.AskAsync("inbox"));
        }
    }

    [Fact]
    public async Task Pipelined_messages_and_those_of_several_connections_are_counted_one_by_one()
    {
        var (reader, client) = await _service.EnterAsync("reader");
        var (_, sender) = await _service.EnterAsync("sender");
        // Pipelined lines may come in more than one piece, and each is stored as a whole or not at all.
        await sender.SendAsync(string.Concat(Enumerable.Repeat($"send {sender.Token} {reader} piped\r\n", 4)));
        Assert.All(await sender.ReadRepliesAsync(4), reply => Assert.Equal(Replies.Sent, reply));
        var others = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _service.ConnectAsync()));
        var replies = await Task.WhenAll(others.Select(other => other.AskAsync($"send {sender.Token} {reader} beside")));

        Assert.Equal(2, replies.Count(reply => reply == Replies.Sent));
        Assert.Equal(3, replies.Count(reply => reply == Replies.MailboxFull));
        Assert.Equal(6, Replies.TextsIn(await client.AskAsync("inbox")).Length);
    }

    [Fact]
    public async Task Of_a_batch_that_does_not_fit_the_first_ones_do()
    {
        var (reader, client) = await _service.EnterAsync("reader");
        var (_, sender) = await _service.EnterAsync("sender");
        await sender.SendAsync(string.Concat(Enumerable.Range(0, 9).Select(i => $"send {sender.Token} {reader} {i}\r\n")));

        var replies = await sender.ReadRepliesAsync(9);
        Assert.All(replies[..6], reply => Assert.Equal(Replies.Sent, reply));
        Assert.All(replies[6..], reply => Assert.Equal(Replies.MailboxFull, reply));
        Assert.Equal(["0", "1", "2", "3", "4", "5"], Replies.TextsIn(await client.AskAsync("inbox")));
    }

    [Fact]
    public async Task Nothing_is_forgotten_when_the_service_starts_anew()
    {
        var reader = await _service.AddUserAsync("reader");
        var (_, sender) = await _service.EnterAsync("sender");
        Assert.Equal(5, await CountSentAsync(sender, reader, 5));
        await _service.StopAsync();
        await _service.StartAsync();

        var again = await _service.ConnectAsync();
        Assert.Equal(Replies.Sent, await again.AskAsync($"send {sender.Token} {reader} the sixth"));
        Assert.Equal(Replies.MailboxFull, await again.AskAsync($"send {sender.Token} {reader} more"));
    }

    [Fact]
    public async Task A_repeatable_send_that_was_stored_gets_its_receipt_from_a_full_mailbox_too()
    {
        var (reader, _) = await _service.EnterAsync("reader");
        var (_, sender) = await _service.EnterAsync("sender");
        var receipt = await sender.AskAsync($"sendonce {sender.Token} once {reader} hello");
        Assert.Equal(5, await CountSentAsync(sender, reader, 9));

        Assert.Equal(receipt, await sender.AskAsync($"sendonce {sender.Token} once {reader} hello"));
        Assert.Equal(Replies.MailboxFull, await sender.AskAsync($"sendonce {sender.Token} twice {reader} hello"));
    }

    private static async Task<int> CountSentAsync(WireClient sender, string reader, int tries)
    {
        var sent = 0;
        for (var i = 0; i < tries; i++)
        {
            var reply = await sender.AskAsync($"send {sender.Token} {reader} {i}");
            if (reply == Replies.Sent) sent++;
            else Assert.Equal(Replies.MailboxFull, reply);
        }
        return sent;
    }
}
