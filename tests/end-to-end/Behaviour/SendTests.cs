using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Invariants 3 and 4, once each and in order; and recipients of every kind.</summary>
public sealed class SendTests(ChatService service) : IClassFixture<ChatService>
{
    [Fact]
    public async Task Pipelined_senders_to_one_recipient_each_keep_their_order_and_lose_nothing()
    {
        const int Messages = 300;
        var (recipient, reader) = await service.EnterAsync("r");
        var senders = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => service.EnterAsync("s")));

        await Task.WhenAll(senders.Select(async sender =>
        {
            var lines = string.Concat(Enumerable.Range(0, Messages).Select(i => $"send {sender.Client.Token} {recipient} {i}\r\n"));
            await sender.Client.SendAsync(lines);
            Assert.All(await sender.Client.ReadRepliesAsync(Messages), reply => Assert.Equal(Replies.Sent, reply));
        }));

        var read = Replies.MessagesIn(await reader.AskAsync("inbox"));
        Assert.Equal(senders.Length * Messages, read.Length);
        foreach (var (name, _) in senders)
            Assert.Equal(
                Enumerable.Range(0, Messages).Select(i => $" {i}\r\n"),
                read.Where(message => message.Sender == name).Select(message => message.Text));
    }

    [Fact]
    public async Task Pipelined_sends_to_several_recipients_are_each_answered_in_their_place()
    {
        var (first, firstReader) = await service.EnterAsync("r");
        var (second, secondReader) = await service.EnterAsync("r");
        var (_, sender) = await service.EnterAsync("s");
        string[] recipients = [first, "nobody", second, first, "", "Nobody", second];

        await sender.SendAsync(string.Concat(recipients.Select((recipient, i) => $"send {sender.Token} {recipient} {i}\r\n")));

        Assert.Equal(
            recipients.Select(recipient => recipient == first || recipient == second ? Replies.Sent : Replies.NoRecipient),
            await sender.ReadRepliesAsync(recipients.Length));
        Assert.Equal(["0", "3"], Replies.TextsIn(await firstReader.AskAsync("inbox")));
        Assert.Equal(["2", "6"], Replies.TextsIn(await secondReader.AskAsync("inbox")));
    }

    [Fact]
    public async Task No_name_is_too_odd_to_be_refused()
    {
        var (_, sender) = await service.EnterAsync("s");
        string[] names =
        [
            "nobody", "MESSI", "Messi", "messi\0", "\0", "méssi", "../messi", "messi'--", "%", "*", "😀", "u:messi", "s:messi", "p:all",
            "0", "00", "\u0080", "{}", "messi\u200b", new('a', 32), new('a', 33), new('a', 64_000), new('é', 32_000),
        ];
        foreach (var name in names)
        {
            Assert.Equal(Replies.NoRecipient, await sender.AskAsync($"send {sender.Token} {name} hi"));
            Assert.Equal(Replies.NoRecipient, await sender.AskAsync($"sendonce {sender.Token} id {name} hi"));
            Assert.Equal(Replies.NoSuchUser, await sender.AskAsync($"auth {name} {ChatService.Password}"));
        }
    }

    [Fact]
    public async Task No_password_is_too_odd_to_be_wrong()
    {
        using var client = await service.ConnectAsync();
        string[] passwords = ["", "\0", "surabaya\0", "Surabaya", "😀", new('s', 257), new('s', 65_000)];
        foreach (var password in passwords) Assert.Equal(Replies.WrongPassword, await client.AskAsync($"auth messi {password}"));
    }

    [Fact]
    public async Task A_text_may_hold_NUL_and_every_other_character()
    {
        var (user, client) = await service.EnterAsync("u");
        var everything = string.Concat(Enumerable.Range(0, 0x3000).Where(c => c != '\n').Select(c => (char)c)) + "😀\U0010ffff";

        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {user} {everything}"));

        Assert.Equal($" {everything}\r\n", Assert.Single(Replies.MessagesIn(await client.AskAsync("inbox"))).Text);
    }
}
