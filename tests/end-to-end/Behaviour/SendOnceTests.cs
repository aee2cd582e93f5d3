using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Invariant 3 for repeatable sends: whatever happened since, a repetition gets the first receipt and stores nothing.</summary>
public sealed class SendOnceTests(ChatService service) : IClassFixture<ChatService>
{
    private static readonly TimeSpan FollowedWithin = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task It_is_known_when_its_message_was_received_and_deleted()
    {
        var (recipient, reader) = await service.EnterAsync("r");
        var (user, sender) = await service.EnterAsync("s");
        var receipt = await SendAsync(sender, recipient);
        Assert.Equal(["text"], Replies.TextsIn(await reader.AskAsync("inbox")));
        Assert.Equal(Replies.EmptyInbox, await reader.AskAsync("inbox"));

        await using (var aging = service.Sql.CreateCommand(
            """
            WITH aged AS (
                UPDATE message SET accepted_at = now() - interval '2 years', message_id = message_id_floor(now() - interval '2 years')
                WHERE sender_id = (SELECT account_id FROM account WHERE user_name = $1)
                RETURNING log_id)
            UPDATE log SET look_at = now() WHERE log_id IN (SELECT log_id FROM aged)
            """))
        {
            aging.Parameters.Add(new() { Value = user });
            Assert.Equal(1, await aging.ExecuteNonQueryAsync());
        }
        Assert.Equal(1, await service.Purge.RunOnceAsync(default));

        Assert.Equal(receipt, await SendAsync(sender, recipient));
        Assert.Equal(Replies.EmptyInbox, await reader.AskAsync("inbox"));
        using var another = await service.LogInAsync(recipient);
        Assert.Equal(Replies.EmptyInbox, await another.AskAsync("inbox"));
    }

    [Fact]
    public async Task It_is_known_when_its_recipient_was_removed_and_somebody_else_has_the_name()
    {
        var (recipient, _) = await service.EnterAsync("r");
        var (_, sender) = await service.EnterAsync("s");
        var receipt = await SendAsync(sender, recipient);

        await service.Accounts.RemoveAsync(recipient);
        await Eventually.SeesAsync(
            FollowedWithin, () => sender.AskAsync($"send {sender.Token} {recipient} hi"), reply => reply == Replies.NoRecipient);
        Assert.Equal(receipt, await SendAsync(sender, recipient));
        Assert.Equal(Replies.NoRecipient, await SendAsync(sender, recipient, "another"));

        await service.FreeNameAsync(recipient);
        await service.Accounts.AddAsync(recipient, "Somebody Else", ChatService.Password);
        await Eventually.SeesAsync(
            FollowedWithin, () => sender.AskAsync($"send {sender.Token} {recipient} new"), reply => reply == Replies.Sent);
        Assert.Equal(receipt, await SendAsync(sender, recipient));
        using var reader = await service.LogInAsync(recipient);
        Assert.Equal(["new"], Replies.TextsIn(await reader.AskAsync("inbox")));
    }

    [Fact]
    public async Task It_is_known_when_its_sender_has_logged_out_and_in_again_or_got_another_password_and_name()
    {
        var (recipient, reader) = await service.EnterAsync("r");
        var (user, sender) = await service.EnterAsync("s");
        var receipt = await SendAsync(sender, recipient);
        Assert.Equal(Replies.LoggedOut(user), await sender.AskAsync("logout"));
        Assert.Equal(Replies.NoSession, await SendAsync(sender, recipient));

        await sender.LogInAsync(user, ChatService.Password);
        Assert.Equal(receipt, await SendAsync(sender, recipient));
        await service.Accounts.RenameAsync(user, "Zoë");
        await service.Accounts.SetPasswordAsync(user, "another");
        await Eventually.SeesAsync(
            FollowedWithin, () => sender.AskAsync($"auth {user} {ChatService.Password}"), reply => reply == Replies.WrongPassword);
        await sender.LogInAsync(user, "another");
        Assert.Equal(receipt, await SendAsync(sender, recipient));

        Assert.Equal(["text"], Replies.TextsIn(await reader.AskAsync("inbox")));
    }

    [Fact]
    public async Task Repeated_at_once_to_different_recipients_it_is_stored_for_one_of_them()
    {
        var (first, firstReader) = await service.EnterAsync("r");
        var (second, secondReader) = await service.EnterAsync("r");
        var (user, sender) = await service.EnterAsync("s");
        using var other = await service.LogInAsync(user);
        const int Sends = 40;
        for (var i = 0; i < Sends; i++)
        {
            var replies = await Task.WhenAll(SendAsync(sender, first, $"id-{i}", $"{i}"), SendAsync(other, second, $"id-{i}", $"{i}"));
            Assert.StartsWith("""{"status": "OK", "message": "Message Sent", "id": """, replies.Order().Last(), StringComparison.Ordinal);
            Assert.Equal(Replies.IdUsed, replies.Order().First());
        }

        var texts = Replies.TextsIn(await firstReader.AskAsync("inbox")).Concat(Replies.TextsIn(await secondReader.AskAsync("inbox")));
        Assert.Equal(Enumerable.Range(0, Sends), texts.Select(text => int.Parse(text, null)).Order());
    }

    [Fact]
    public async Task A_repeatable_send_that_is_repeated_at_once_from_two_connections_is_stored_once()
    {
        var (recipient, reader) = await service.EnterAsync("r");
        var (sender, first) = await service.EnterAsync("s");
        using var second = await service.LogInAsync(sender);
        for (var i = 0; i < 25; i++)
        {
            var replies = await Task.WhenAll(
                SendAsync(first, recipient, $"id-{i}", "the same"), SendAsync(second, recipient, $"id-{i}", "the same"));
            Assert.StartsWith("""{"status": "OK", "message": "Message Sent", "id": """, replies[0], StringComparison.Ordinal);
            Assert.Equal(replies[0], replies[1]);
        }
        Assert.Equal(25, Replies.TextsIn(await reader.AskAsync("inbox")).Length);
    }

    [Fact]
    public async Task A_repeatable_send_that_is_pipelined_twice_is_stored_once()
    {
        var (recipient, reader) = await service.EnterAsync("r");
        var (_, sender) = await service.EnterAsync("s");

        await sender.SendAsync(
            $"send {sender.Token} {recipient} 1\r\n"
            + $"sendonce {sender.Token} id {recipient} 2\r\n"
            + $"sendonce {sender.Token} id {recipient} 2\r\n"
            + $"send {sender.Token} {recipient} 3\r\n");
        var replies = await sender.ReadRepliesAsync(4);

        Assert.Equal(replies[1], replies[2]);
        Assert.Equal([Replies.Sent, Replies.Sent], [replies[0], replies[3]]);
        Assert.Equal(["1", "2", "3"], Replies.TextsIn(await reader.AskAsync("inbox")));
    }

    private static Task<string> SendAsync(WireClient sender, string recipient, string id = "id", string text = "text") =>
        sender.AskAsync($"sendonce {sender.Token} {id} {recipient} {text}");
}
