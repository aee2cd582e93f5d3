using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Invariant 2: a message leaves the mailbox only after the client has shown that it got it.</summary>
public abstract partial class HandOverBehaviour(ChatService service) : IAsyncLifetime
{
    private string _reader = "";
    private WireClient _sender = null!;

    public async Task InitializeAsync()
    {
        _reader = await service.AddUserAsync("reader");
        _sender = await service.Common;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Handed_over_but_not_shown_received_stays_unread_for_every_other_connection()
    {
        await SendAsync("1", "2");
        using var first = await service.LogInAsync(_reader);
        using var second = await service.LogInAsync(_reader);

        Assert.Equal(["1", "2"], await ReadAsync(first));
        Assert.Equal(["1", "2"], await ReadAsync(second));
        await SendAsync("3");
        using var third = await service.LogInAsync(_reader);
        Assert.Equal(["1", "2", "3"], await ReadAsync(third));
    }

    [Theory]
    [InlineData("listuser")]
    [InlineData("inbox")]
    [InlineData("what?")]
    [InlineData("")]
    public async Task The_next_line_shows_receipt_and_its_answer_makes_it_final(string line)
    {
        await SendAsync("1", "2");
        using var first = await service.LogInAsync(_reader);
        using var second = await service.LogInAsync(_reader);
        Assert.Equal(["1", "2"], await ReadAsync(first));

        await first.AskAsync(line);

        Assert.Empty(await ReadAsync(second));
    }

    [Fact]
    public async Task A_send_shows_receipt_too_and_so_does_a_logout()
    {
        await SendAsync("1");
        using var first = await service.LogInAsync(_reader);
        using var second = await service.LogInAsync(_reader);
        Assert.Equal(["1"], await ReadAsync(first));
        Assert.Equal(Replies.Sent, await first.AskAsync($"send {first.Token} {_reader} 2"));
        Assert.Equal(["2"], await ReadAsync(second));

        Assert.Equal(Replies.LoggedOut(_reader), await second.AskAsync("logout"));

        Assert.Empty(await ReadAsync(first));
    }

    [Fact]
    public async Task A_pipelined_line_shows_nothing_and_a_second_inbox_goes_on_behind_the_first()
    {
        await SendAsync("1", "2");
        var broken = await service.LogInAsync(_reader);
        await broken.SendAsync("inbox\r\ninbox\r\nlistuser\r\n");
        Assert.Equal(["1", "2"], Replies.TextsIn(await broken.ReadReplyAsync()));
        Assert.Equal(Replies.EmptyInbox, await broken.ReadReplyAsync());
        Assert.Contains(_reader, Replies.UsersIn(await broken.ReadReplyAsync()));
        broken.Reset();

        Assert.Equal(["1", "2"], await ReadAfterGoneAsync());
    }

    [Fact]
    public async Task A_line_that_began_before_the_reply_shows_nothing_wherever_it_ends()
    {
        await SendAsync("1");
        var broken = await service.LogInAsync(_reader);
        await broken.SendAsync("inbox\r\nlistu");
        Assert.Equal(["1"], Replies.TextsIn(await broken.ReadReplyAsync()));
        await broken.SendAsync("ser\r\n");
        await broken.ReadReplyAsync();
        broken.Reset();

        Assert.Equal(["1"], await ReadAfterGoneAsync());
    }

    [Fact]
    public async Task Half_a_line_shows_nothing()
    {
        await SendAsync("1");
        var broken = await service.LogInAsync(_reader);
        Assert.Equal(["1"], await ReadAsync(broken));
        await broken.SendAsync("listuser");
        broken.Reset();

        Assert.Equal(["1"], await ReadAfterGoneAsync());
    }

    [Fact]
    public async Task What_was_sent_meanwhile_is_not_taken_for_received()
    {
        await SendAsync("1");
        using var reader = await service.LogInAsync(_reader);
        Assert.Equal(["1"], await ReadAsync(reader));
        await SendAsync("2");
        Assert.Equal(["2"], await ReadAsync(reader));
        await SendAsync("3");
        reader.Reset();

        Assert.Equal(["2", "3"], await ReadAfterGoneAsync());
    }

    [Fact]
    public async Task Messages_outlive_the_logout_of_the_session_that_was_handed_them()
    {
        await SendAsync("1");
        var broken = await service.LogInAsync(_reader);
        await broken.SendAsync("inbox\r\nlogout\r\n");
        Assert.Equal(["1"], Replies.TextsIn(await broken.ReadReplyAsync()));
        Assert.Equal(Replies.LoggedOut(_reader), await broken.ReadReplyAsync());
        Assert.Equal(Replies.NoSession, await _sender.AskAsync($"inbox {broken.Token}"));
        broken.Reset();

        using var reader = await service.LogInAsync(_reader);
        Assert.Equal(["1"], await ReadAsync(reader));
    }

    [Fact]
    public async Task Two_sessions_of_a_user_on_one_connection_are_not_handed_the_same_twice()
    {
        await SendAsync("1", "2");
        using var client = await service.LogInAsync(_reader);
        using var other = await service.LogInAsync(_reader);

        await client.SendAsync($"inbox {client.Token}\r\ninbox {other.Token}\r\n");

        Assert.Equal(["1", "2"], Replies.TextsIn(await client.ReadReplyAsync()));
        Assert.Equal(Replies.EmptyInbox, await client.ReadReplyAsync());
    }

    private async Task SendAsync(params string[] texts)
    {
        foreach (var text in texts) Assert.Equal(Replies.Sent, await _sender.AskAsync($"send {_sender.Token} {_reader} {text}"));
    }

    private static async Task<string[]> ReadAsync(WireClient client) => Replies.TextsIn(await client.AskAsync("inbox"));

    /// <summary>What another connection gets when the service has taken note of the end of the reader's.</summary>
    private async Task<string[]> ReadAfterGoneAsync()
    {
        using var reader = await ConnectAfterGoneAsync();
        return await ReadAsync(reader);
    }

    private async Task<WireClient> ConnectAfterGoneAsync()
    {
        // A user leaves the list after the last word about that connection is spoken.
        await Eventually.SeesAsync(
            WireClient.Patience, () => _sender.AskAsync("listuser"), reply => !Replies.UsersIn(reply).Contains(_reader));
        return await service.LogInAsync(_reader);
    }
}
