using System.Diagnostics;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Limits;

namespace OrleansChat.EndToEnd.Tests.Limits;

/// <summary>What an account may send: two a second, twenty at once.</summary>
public sealed class SendLimitTests : IAsyncLifetime
{
    private const int PerSecond = 2, Burst = 20;

    private readonly ChatService _service = new() { Arguments = ["--sends-per-second", "2"] };

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task All_sessions_of_an_account_share_what_it_may_send_and_what_is_refused_is_not_stored()
    {
        var start = Stopwatch.StartNew();
        var (user, first) = await _service.EnterAsync("u");
        WireClient[] sessions = [first, await _service.LogInAsync(user), await _service.LogInAsync(user)];
        var replies = await Task.WhenAll(sessions.Select(async (session, index) =>
        {
            var lines = Enumerable.Range(0, 30).Select(i => index == 0
                ? $"send {session.Token} {user} hello\r\n"
                : $"sendonce {session.Token} {index}-{i} {user} hello\r\n");
            await session.SendAsync(string.Concat(lines));
            return await session.ReadRepliesAsync(30);
        }));
        // The longer it took, the more there may be.
        var most = Burst + (PerSecond * start.Elapsed.TotalSeconds);

        var sent = replies.Sum(some => some.Count(reply => reply.Contains("Message Sent", StringComparison.Ordinal)));
        Assert.InRange(sent, Burst - (2 * PerSecond), most);
        Assert.Equal(90 - sent, replies.Sum(some => some.Count(reply => reply == Replies.TooManyAttempts)));
        Assert.Equal(90 - sent, _service.CountOf(LimitNames.Sends));
        Assert.Equal(sent, Replies.TextsIn(await first.AskAsync("inbox")).Length);
    }

    [Fact]
    public async Task A_repetition_gets_its_receipt_whatever_the_account_has_sent_since()
    {
        var (user, client) = await _service.EnterAsync("u");
        var receipt = await client.AskAsync($"sendonce {client.Token} once {user} hello");
        await SendTooMuchAsync(client, user);

        Assert.Equal(receipt, await client.AskAsync($"sendonce {client.Token} once {user} hello"));
    }

    [Fact]
    public async Task Another_account_sends_as_ever()
    {
        var (user, flooding) = await _service.EnterAsync("u");
        await SendTooMuchAsync(flooding, user);

        var (_, other) = await _service.EnterAsync("other");
        Assert.Equal(Replies.Sent, await other.AskAsync($"send {other.Token} {user} hello"));
    }

    [Fact]
    public async Task A_long_message_costs_more()
    {
        var (user, client) = await _service.EnterAsync("u");
        // Fifteen of the sixteen that there are at once.
        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {user} {new string('x', 60_000)}"));
        await client.SendAsync(string.Concat(Enumerable.Repeat($"send {client.Token} {user} {new string('x', 60_000)}\r\n", 3)));
        Assert.Contains(Replies.TooManyAttempts, await client.ReadRepliesAsync(3));
    }

    private static async Task SendTooMuchAsync(WireClient client, string user)
    {
        // Pipelined, so that it is faster than what is gained.
        await client.SendAsync(string.Concat(Enumerable.Repeat($"send {client.Token} {user} more\r\n", 100)));
        Assert.Contains(Replies.TooManyAttempts, await client.ReadRepliesAsync(100));
    }
}
