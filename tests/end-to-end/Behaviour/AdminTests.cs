using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>The service follows the admin commands while it runs.</summary>
public sealed class AdminTests(ChatService service) : IClassFixture<ChatService>
{
    private static readonly TimeSpan FollowedWithin = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("disable")]
    [InlineData("remove")]
    [InlineData("password")]
    public async Task Sessions_end_when_their_user_is_disabled_or_removed_or_gets_a_new_password(string change)
    {
        var (user, client) = await service.EnterAsync("u");
        var (_, other) = await service.EnterAsync("o");
        await other.AskAsync($"listuser {client.Token}");

        await (change switch
        {
            "disable" => service.Accounts.DisableAsync(user),
            "remove" => service.Accounts.RemoveAsync(user),
            _ => service.Accounts.SetPasswordAsync(user, "another"),
        });

        // What has an effect is refused from the commit on, the rest as soon as the service has heard of it.
        Assert.Equal(Replies.NoSession, await client.AskAsync($"send {client.Token} {user} late"));
        await Eventually.SeesAsync(FollowedWithin, () => client.AskAsync("listuser"), reply => reply == Replies.NoSession);
        await Eventually.SeesAsync(FollowedWithin, () => other.AskAsync("listuser"), reply => !Replies.UsersIn(reply).Contains(user));
        Assert.Equal(Replies.NoSession, await client.AskAsync("inbox"));
        Assert.Equal(Replies.NoSession, await other.AskAsync($"inbox {client.Token}"));
        Assert.Equal(Replies.NoSession, await client.AskAsync("logout"));
    }

    [Fact]
    public async Task A_disabled_user_is_as_absent_and_comes_back_with_the_messages()
    {
        var (user, client) = await service.EnterAsync("u");
        var (_, sender) = await service.EnterAsync("s");
        await sender.AskAsync($"send {sender.Token} {user} kept");

        await service.Accounts.DisableAsync(user);
        await Eventually.SeesAsync(
            FollowedWithin, () => client.AskAsync($"auth {user} {ChatService.Password}"), reply => reply == Replies.NoSuchUser);
        Assert.Equal(Replies.NoRecipient, await sender.AskAsync($"send {sender.Token} {user} refused"));

        await service.Accounts.EnableAsync(user);
        await Eventually.SeesAsync(
            FollowedWithin, () => sender.AskAsync($"send {sender.Token} {user} again"), reply => reply == Replies.Sent);
        Assert.Equal(Replies.NoSession, await client.AskAsync("inbox"));
        using var back = await service.LogInAsync(user);
        Assert.Equal(["kept", "again"], Replies.TextsIn(await back.AskAsync("inbox")));
    }

    [Fact]
    public async Task A_removed_user_who_is_added_again_is_somebody_else()
    {
        var (user, client) = await service.EnterAsync("u");
        var (_, sender) = await service.EnterAsync("s");
        await sender.AskAsync($"send {sender.Token} {user} old");
        Assert.Equal(["old"], Replies.TextsIn(await client.AskAsync("inbox")));

        await service.Accounts.RemoveAsync(user);
        await Eventually.SeesAsync(
            FollowedWithin, () => sender.AskAsync($"send {sender.Token} {user} refused"), reply => reply == Replies.NoRecipient);
        await service.FreeNameAsync(user);
        await service.Accounts.AddAsync(user, "Somebody Else", "another");
        await Eventually.SeesAsync(
            FollowedWithin, () => sender.AskAsync($"send {sender.Token} {user} new"), reply => reply == Replies.Sent);

        Assert.Equal(Replies.NoSession, await client.AskAsync("inbox"));
        using var added = await (await service.ConnectAsync()).LogInAsync(user, "another");
        var message = Assert.Single(Replies.MessagesIn(await added.AskAsync("inbox")));
        Assert.Equal(("Somebody Else", " new\r\n"), (message.To, message.Text));
    }

    [Fact]
    public async Task A_new_password_replaces_the_old_one()
    {
        var (user, client) = await service.EnterAsync("u");
        await service.Accounts.SetPasswordAsync(user, "another");

        await Eventually.SeesAsync(
            FollowedWithin, () => client.AskAsync($"auth {user} {ChatService.Password}"), reply => reply == Replies.WrongPassword);
        await client.LogInAsync(user, "another");
        Assert.Equal(Replies.EmptyInbox, await client.AskAsync("inbox"));
    }

    [Fact]
    public async Task A_new_display_name_is_shown_with_all_messages()
    {
        var (user, client) = await service.EnterAsync("u");
        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {user} old"));

        await service.Accounts.RenameAsync(user, "Zoë");

        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {user} new"));
        var read = await Eventually.SeesAsync(FollowedWithin, NewReader, messages => messages[0].To == "Zoë");
        Assert.Equal(["Zoë", "Zoë"], read.Select(message => message.From));

        async Task<ReadMessage[]> NewReader()
        {
            var reader = await service.LogInAsync(user);
            var messages = Replies.MessagesIn(await reader.AskAsync("inbox"));
            reader.Reset();
            return messages;
        }
    }

    [Fact]
    public async Task A_block_holds_at_once_and_its_end_is_heard_of()
    {
        var (user, client) = await service.EnterAsync("u");
        var (peer, sender) = await service.EnterAsync("s");
        Assert.Equal(Replies.Sent, await sender.AskAsync($"send {sender.Token} {user} before"));

        await service.Accounts.SetBlockedAsync(user, peer, isBlocked: true);
        Assert.Equal(Replies.NoRecipient, await sender.AskAsync($"send {sender.Token} {user} refused"));
        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {peer} one way"));

        await service.Accounts.SetBlockedAsync(user, peer, isBlocked: false);
        Assert.Equal(Replies.Sent, await sender.AskAsync($"send {sender.Token} {user} after"));
        Assert.Equal(["before", "after"], Replies.TextsIn(await client.AskAsync("inbox")));
    }

    [Fact]
    public async Task What_an_erased_user_wrote_is_from_nobody_known()
    {
        var (user, client) = await service.EnterAsync("u");
        var (peer, reader) = await service.EnterAsync("r");
        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {peer} stays"));
        await service.Accounts.RemoveAsync(user);
        var account = await service.Accounts.EraseAsync(user);

        var message = Assert.Single(Replies.MessagesIn(await reader.AskAsync("inbox")));
        Assert.Equal(($"removed-{account}", " stays\r\n"), (message.From, message.Text));
        // The silo has heard of the removal, although the name was erased at once.
        await Eventually.SeesAsync(FollowedWithin, () => reader.AskAsync("listuser"), reply => !Replies.UsersIn(reply).Contains(user));
    }

    [Fact]
    public async Task A_user_who_was_asked_for_in_vain_is_found_once_added()
    {
        var (_, client) = await service.EnterAsync("u");
        Assert.Equal(Replies.NoRecipient, await client.AskAsync($"send {client.Token} newcomer hi"));
        Assert.Equal(Replies.NoSuchUser, await client.AskAsync("auth newcomer secret"));

        await service.Accounts.AddAsync("newcomer", "New Comer", "secret");

        await Eventually.SeesAsync(
            FollowedWithin, () => client.AskAsync($"send {client.Token} newcomer hi"), reply => reply == Replies.Sent);
        await client.LogInAsync("newcomer", "secret");
        Assert.Equal(["hi"], Replies.TextsIn(await client.AskAsync("inbox")));
    }
}
