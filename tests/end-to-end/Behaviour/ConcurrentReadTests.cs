using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Invariants 2 and 4 where two connections of a user read while messages come in.</summary>
public sealed class ConcurrentReadTests(ChatService service) : IClassFixture<ChatService>
{
    [Fact]
    public async Task Two_connections_that_read_at_once_each_get_everything_in_order_until_its_receipt_is_final()
    {
        const int Messages = 300;
        var (user, first) = await service.EnterAsync("r");
        var sender = await service.Common;
        using var second = await service.LogInAsync(user);
        var final = -1;
        var sending = SendAllAsync();

        var all = await Task.WhenAll(ReadAllAsync(first), ReadAllAsync(second));
        await sending;

        Assert.Equal(Enumerable.Range(0, Messages), all.SelectMany(read => read).Distinct().Order());
        using var last = await service.LogInAsync(user);
        Assert.Equal(Replies.EmptyInbox, await last.AskAsync("inbox"));

        async Task SendAllAsync()
        {
            for (var i = 0; i < Messages; i++) Assert.Equal(Replies.Sent, await sender.AskAsync($"send {sender.Token} {user} {i}"));
        }

        async Task<List<int>> ReadAllAsync(WireClient reader)
        {
            var read = new List<int>();
            while (Volatile.Read(ref final) < Messages - 1)
            {
                var (finalBefore, mine) = (Volatile.Read(ref final), read.LastOrDefault(-1));
                int[] page = [.. Replies.TextsIn(await reader.AskAsync("inbox")).Select(text => int.Parse(text, null))];
                RaiseFinal(mine);
                // Nothing that was received here or there, and no gap behind it.
                if (page.Length == 0) continue;
                Assert.True(page[0] > finalBefore && page[0] > mine, $"{page[0]} came after {finalBefore} was received, and {mine} here.");
                Assert.Equal(Enumerable.Range(page[0], page.Length), page);
                read.AddRange(page);
            }
            return read;
        }

        void RaiseFinal(int number)
        {
            lock (sender) final = Math.Max(final, number);
        }
    }
}
