using System.Text;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Lines and replies as they meet the socket: in pieces, in heaps, too long.</summary>
public sealed class FramingTests(ChatService service) : IClassFixture<ChatService>
{
    private const int LongestLine = 65_536;

    [Fact]
    public async Task Pipelined_lines_are_answered_in_order()
    {
        var (user, client) = await service.EnterAsync("p");
        var (expected, lines) = (new List<string>(), new StringBuilder());
        for (var round = 0; round < 50; round++)
        {
            Add($"send {client.Token} {user} {round}", Replies.Sent);
            Add($"send {client.Token} nobody {round}", Replies.NoRecipient);
            Add($"send {client.Token}", Replies.MissingArguments);
            Add("what", Replies.NotACommand);
            Add($"send {Guid.Empty} {user} {round}", Replies.NoSession);
            Add($"auth {user}", Replies.MissingArguments);
            Add($"auth nobody {round}", Replies.NoSuchUser);
            Add($"inbox {Guid.Empty}", Replies.NoSession);
        }
        await client.SendAsync(lines.ToString());

        Assert.Equal(expected, await client.ReadRepliesAsync(expected.Count));
        Assert.Equal(Enumerable.Range(0, 50).Select(round => $"{round}"), Replies.TextsIn(await client.AskAsync("inbox")));

        void Add(string line, string reply)
        {
            lines.Append(line).Append(expected.Count % 2 == 0 ? "\r\n" : "\n");
            expected.Add(reply);
        }
    }

    [Fact]
    public async Task A_line_may_be_split_at_every_byte()
    {
        var (user, client) = await service.EnterAsync("s");
        var line = Encoding.UTF8.GetBytes($"send {client.Token} {user} é😀\r\n");
        for (var cut = 1; cut < line.Length; cut++)
        {
            await client.SendAsync(line.AsMemory(0, cut));
            await client.SendAsync(line.AsMemory(cut));
            Assert.Equal(Replies.Sent, await client.ReadReplyAsync());
        }
        for (var at = 0; at < line.Length; at++) await client.SendAsync(line.AsMemory(at, 1));
        Assert.Equal(Replies.Sent, await client.ReadReplyAsync());

        var texts = Replies.TextsIn(await client.AskAsync("inbox"));
        Assert.Equal(line.Length, texts.Length);
        Assert.All(texts, text => Assert.Equal("é😀", text));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public async Task The_longest_line_is_taken(string end)
    {
        var (user, client) = await service.EnterAsync("l");
        var head = $"send {client.Token} {user} ";
        var text = new string('x', LongestLine - head.Length);

        await client.SendAsync(head + text + end);

        Assert.Equal(Replies.Sent, await client.ReadReplyAsync());
        Assert.Equal(" " + text + "\r\n", Assert.Single(Replies.MessagesIn(await client.AskAsync("inbox"))).Text);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public async Task A_line_too_long_by_one_byte_is_refused_and_nothing_of_it_is_done(string end)
    {
        var (user, client) = await service.EnterAsync("o");
        var head = $"send {client.Token} {user} ";

        await client.SendAsync(head + new string('x', LongestLine - head.Length + 1) + end);

        Assert.Equal(Replies.LineTooLong, await client.ReadReplyAsync());
        Assert.Equal(Replies.EmptyInbox, await client.AskAsync("inbox"));
    }

    [Fact]
    public async Task A_line_too_long_is_refused_once_and_before_it_ends()
    {
        using var client = await service.ConnectAsync();
        await client.SendAsync(new string('x', LongestLine + 1));
        Assert.Equal(Replies.LineTooLong, await client.ReadReplyAsync());

        // Its rest may be long, and may look like anything; the reply to the next line comes right behind.
        var rest = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("inbox auth send ", 200_000)));
        await client.SendAsync(rest);
        Assert.Equal(Replies.MissingArguments, await client.AskAsync("\r\ninbox"));
    }

    [Fact]
    public async Task Lines_of_any_length_may_follow_one_that_is_too_long()
    {
        using var client = await service.ConnectAsync();
        var tooLong = new string('x', LongestLine * 2) + "\r\n";
        var longest = new string('x', LongestLine) + "\r\n";

        await client.SendAsync("inbox\r\n" + tooLong + longest + tooLong + tooLong + "\r\ninbox\r\n");

        string[] expected =
        [
            Replies.MissingArguments, Replies.LineTooLong, Replies.NotACommand, Replies.LineTooLong, Replies.LineTooLong,
            Replies.NotACommand, Replies.MissingArguments,
        ];
        Assert.Equal(expected, await client.ReadRepliesAsync(expected.Length));
    }

    [Fact]
    public async Task A_last_line_without_an_end_is_dropped()
    {
        var (user, client) = await service.EnterAsync("d");
        await client.SendAsync($"send {client.Token} {user} whole\r\nsend {client.Token} {user} half");
        client.EndSending();
        Assert.Equal(Replies.Sent, await client.ReadReplyAsync());
        await client.ReadEndAsync();

        using var reader = await service.LogInAsync(user);
        Assert.Equal(["whole"], Replies.TextsIn(await reader.AskAsync("inbox")));
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_replies_hurts_nobody_else()
    {
        var (_, flooding) = await service.EnterAsync("f");
        var flood = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("listuser\r\n", 100_000)));
        // It blocks when the service has stopped reading, which is as it should be.
        var flooded = flooding.SendAsync(flood);

        var (user, client) = await service.EnterAsync("f");
        for (var i = 0; i < 100; i++) Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {user} {i}"));
        Assert.Equal(100, Replies.TextsIn(await client.AskAsync("inbox")).Length);

        flooding.Reset();
        await Record.ExceptionAsync(() => flooded);
    }
}
