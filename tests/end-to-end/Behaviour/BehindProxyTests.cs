using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Invariant 2 where a proxy's TCP acknowledges what a client may never get.</summary>
public sealed class BehindProxyTests : IAsyncLifetime
{
    private readonly ChatService _service = new() { Arguments = ["--behind-proxy", "true"] };

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task The_orderly_end_of_a_connection_shows_nothing_and_a_further_line_shows_receipt_as_ever()
    {
        var (user, client) = await _service.EnterAsync("u");
        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {user} kept"));
        for (var i = 0; i < 2; i++)
        {
            using var piped = await _service.ConnectAsync();
            Assert.Equal(["kept"], Replies.TextsIn(await piped.AskAsync($"inbox {client.Token}")));
            piped.EndSending();
            await piped.ReadEndAsync();
        }

        Assert.Equal(["kept"], Replies.TextsIn(await client.AskAsync("inbox")));
        // A line that is there before the gateway has seen the last reply leave is taken for a pipelined one; a later one shows receipt.
        await Eventually.SeesAsync(WireClient.Patience, () => AskOnBothAsync($"inbox {client.Token}"), reply =>
        {
            if (reply != Replies.EmptyInbox) Assert.Equal(["kept"], Replies.TextsIn(reply));
            return reply == Replies.EmptyInbox;
        });

        async Task<string> AskOnBothAsync(string inbox)
        {
            Assert.Equal(Replies.EmptyInbox, await client.AskAsync(inbox));
            using var fresh = await _service.ConnectAsync();
            return await fresh.AskAsync(inbox);
        }
    }
}
