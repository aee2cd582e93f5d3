using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Invariant 2 behind a PROXY header, whose bytes are not the chat's.</summary>
public abstract class ProxiedHandOverBehaviour(ChatService service)
{
    /// <summary>This many lines are shorter than the header, also when each has a TLS record of its own.</summary>
    private const int Lines = 100;

    [Fact]
    public async Task A_line_that_comes_after_the_reply_shows_receipt()
    {
        var (user, other) = await EnterAsync();
        using var reader = await service.LogInAsync(user);
        Assert.Equal(["1"], await ReadAsync(reader));

        // A line that is there before the gateway has seen the reply leave is taken for a pipelined one.
        for (var i = 0; i < Lines && await IsUnreadAsync(other); i++) await reader.AskAsync("?");

        Assert.False(await IsUnreadAsync(other));
    }

    [Fact]
    public async Task A_line_that_began_before_the_reply_shows_nothing()
    {
        var (user, other) = await EnterAsync();
        using var reader = await service.LogInAsync(user);
        await reader.SendAsync("inbox\r\nlistuser\r\nlistu");
        Assert.Equal(["1"], Replies.TextsIn(await reader.ReadReplyAsync()));
        await reader.ReadReplyAsync();

        await reader.AskAsync("ser");

        Assert.True(await IsUnreadAsync(other));
    }

    [Fact]
    public async Task The_orderly_end_shows_nothing()
    {
        var (user, other) = await EnterAsync();
        using (var piped = await service.ConnectAsync())
        {
            Assert.Equal(["1"], Replies.TextsIn(await piped.AskAsync($"inbox {other.Token}")));
            piped.EndSending();
            await piped.ReadEndAsync();
        }

        Assert.True(await IsUnreadAsync(other));
    }

    /// <summary>A user with a message, on a connection that shows nothing of it received.</summary>
    private async Task<(string User, WireClient Client)> EnterAsync()
    {
        var (user, client) = await service.EnterAsync("reader");
        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {user} 1"));
        return (user, client);
    }

    /// <summary>Asks on a connection of its own, whose end shows nothing.</summary>
    private async Task<bool> IsUnreadAsync(WireClient session)
    {
        using var connection = await service.ConnectAsync();
        return (await connection.AskAsync($"inbox {session.Token}")) != Replies.EmptyInbox;
    }

    private static async Task<string[]> ReadAsync(WireClient client) => Replies.TextsIn(await client.AskAsync("inbox"));
}

/// <summary>Plain TCP.</summary>
public sealed class ProxiedHandOverTests(ProxiedChatService service) : ProxiedHandOverBehaviour(service), IClassFixture<ProxiedChatService>;

/// <summary>TLS behind the header.</summary>
public sealed class ProxiedTlsHandOverTests(ProxiedTlsChatService service)
    : ProxiedHandOverBehaviour(service), IClassFixture<ProxiedTlsChatService>;
