using System.Net.Sockets;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Limits;

namespace OrleansChat.EndToEnd.Tests.Limits;

/// <summary>Who is let in, and who makes room.</summary>
public sealed class ConnectionLimitTests
{
    [Fact]
    public async Task One_address_gets_no_more_connections_than_its_share_and_a_closed_one_is_given_back()
    {
        await using var service = await StartAsync("--max-connections-per-address", "3");
        var clients = new List<WireClient>();
        for (var i = 0; i < 3; i++) clients.Add(await AnsweredAsync(service.Value));

        await AssertRefusedAsync(service.Value);
        Assert.Equal(Replies.NotACommand, await clients[0].AskAsync("still there"));
        Assert.Equal(1, service.Value.CountOf(LimitNames.AddressConnections));

        clients[0].Dispose();
        // Its end has to be noticed first.
        await Eventually.SeesAsync(WireClient.Patience, () => IsAnsweredAsync(service.Value), isAnswered => isAnswered);
    }

    [Fact]
    public async Task When_there_are_too_many_the_oldest_without_a_session_makes_room()
    {
        await using var service = await StartAsync("--max-connections", "3");
        var loggedIn = await service.Value.LogInAsync("messi");
        var oldest = await AnsweredAsync(service.Value);
        var younger = await AnsweredAsync(service.Value);
        var token = await AnsweredAsync(service.Value);

        await AssertResetAsync(oldest);
        Assert.Equal(Replies.EmptyInbox, await token.AskAsync($"inbox {loggedIn.Token}"));
        // One that has a session by its token stays too.
        var next = await AnsweredAsync(service.Value);
        await AssertResetAsync(younger);
        Assert.Equal(Replies.NotACommand, await loggedIn.AskAsync("still there"));
        Assert.Equal(Replies.NotACommand, await token.AskAsync("still there"));

        // With a logout it is one of the others again, and the youngest of them.
        Assert.Equal(Replies.LoggedOut("messi"), await token.AskAsync($"logout {loggedIn.Token}"));
        await AnsweredAsync(service.Value);
        await AssertResetAsync(next);
        Assert.Equal(3, service.Value.CountOf(LimitNames.Evicted));
    }

    [Fact]
    public async Task A_user_with_very_many_connections_makes_room_too()
    {
        await using var service = await StartAsync("--max-connections", "25");
        var messi = await service.Value.LogInAsync("messi");
        var others = new List<WireClient>();
        for (var i = 0; i < 24; i++)
        {
            others.Add(await service.Value.ConnectAsync());
            Assert.Equal(Replies.EmptyInbox, await others[i].AskAsync($"inbox {messi.Token}"));
        }

        // Twenty are kept: the login's, and nineteen.
        await AnsweredAsync(service.Value);
        await AssertResetAsync(others[19]);
        Assert.Equal(Replies.EmptyInbox, await others[18].AskAsync("inbox " + messi.Token));
        Assert.Equal(Replies.EmptyInbox, await messi.AskAsync("inbox"));
    }

    [Fact]
    public async Task Who_connects_again_and_again_is_not_let_in_for_a_while()
    {
        await using var service = await StartAsync("--lines-per-second", "10");
        // Each costs ten lines, and nobody may owe for more than two seconds.
        await Eventually.SeesAsync(WireClient.Patience, () => IsAnsweredAsync(service.Value), isAnswered => !isAnswered);
        Assert.InRange(service.Value.CountOf(LimitNames.ConnectionRate), 1, int.MaxValue);
        await Eventually.SeesAsync(WireClient.Patience, () => IsAnsweredAsync(service.Value), isAnswered => isAnswered);
    }

    [Fact]
    public async Task Where_all_have_a_session_the_new_one_is_refused()
    {
        await using var service = await StartAsync("--max-connections", "1");
        var messi = await service.Value.LogInAsync("messi");

        await AssertRefusedAsync(service.Value);
        Assert.Equal(Replies.EmptyInbox, await messi.AskAsync("inbox"));
        Assert.Equal(1, service.Value.CountOf(LimitNames.Connections));
    }

    [Fact]
    public async Task A_line_that_does_not_come_to_its_end_is_not_waited_for_and_silence_is()
    {
        await using var service = await StartAsync("--line-timeout", "00:00:01");
        var silent = await AnsweredAsync(service.Value);
        var slow = await AnsweredAsync(service.Value);
        await slow.SendAsync("inb");

        await AssertResetAsync(slow);
        Assert.Equal(Replies.NotACommand, await silent.AskAsync("still there"));
        Assert.Equal(1, service.Value.CountOf(LimitNames.LineTime));
    }

    [Fact]
    public async Task Silence_ends_a_connection_where_that_was_asked_for()
    {
        await using var service = await StartAsync("--idle-timeout", "00:00:03");
        await AssertResetAsync(await AnsweredAsync(service.Value));
        Assert.Equal(1, service.Value.CountOf(LimitNames.Idle));
    }

    [Fact]
    public async Task Who_does_not_take_the_replies_is_reset_and_what_was_not_received_is_unread_again()
    {
        await using var service = await StartAsync("--slow-reader-timeout", "00:00:03", "--sends-per-second", "1000");
        var (user, client) = await service.Value.EnterAsync("u");
        // More than the kernel holds for a client that takes nothing.
        const int Messages = 250;
        var text = new string('x', 60_000);
        for (var i = 0; i < Messages; i++) Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {user} {i} {text}"));

        var slow = await service.Value.ConnectAsync(receiveBuffer: 4096);
        for (var i = 0; i < 10; i++) await slow.SendAsync($"inbox {client.Token}\r\n");
        await AssertResetAsync(slow, reads: false);
        Assert.Equal(1, service.Value.CountOf(LimitNames.SlowReader));

        var read = new List<string>();
        while (Replies.TextsIn(await client.AskAsync("inbox")) is { Length: > 0 } page) read.AddRange(page);
        Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{i} {text}"), read);
    }

    [Fact]
    public async Task A_shorter_line_can_be_the_longest()
    {
        await using var service = await StartAsync("--max-line-bytes", "2000");
        var client = await service.Value.ConnectAsync();

        Assert.Equal(Replies.NotACommand, await client.AskAsync(new string('x', 2000)));
        Assert.Equal(Replies.LineTooLong, await client.AskAsync(new string('x', 2001)));
        Assert.Equal(Replies.NotACommand, await client.AskAsync("next"));
        Assert.Equal(1, service.Value.CountOf(LimitNames.LineLength));
    }

    private static async Task<Started> StartAsync(params string[] arguments)
    {
        var service = new ChatService { Arguments = arguments };
        await service.InitializeAsync();
        return new Started(service);
    }

    private static async Task<WireClient> AnsweredAsync(ChatService service)
    {
        var client = await service.ConnectAsync();
        Assert.Equal(Replies.NotACommand, await client.AskAsync("hello"));
        return client;
    }

    private static async Task<bool> IsAnsweredAsync(ChatService service)
    {
        try
        {
            await AnsweredAsync(service);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task AssertRefusedAsync(ChatService service)
    {
        // The reset may come as soon as the connection is there.
        var reset = await Assert.ThrowsAsync<SocketException>(async () => await (await service.ConnectAsync()).ReadReplyAsync());
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    private static async Task AssertResetAsync(WireClient client, bool reads = true)
    {
        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            if (reads) await client.ReadReplyAsync();
            else await client.BrokenAsync();
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    private sealed record Started(ChatService Value) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Value.DisposeAsync();
    }
}
