using System.Text;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Sending and deleting messages over HTTP.</summary>
public sealed class MessageRequestTests : IAsyncLifetime
{
    private const string Stored = "\"log\":\"12\",\"number\":34,\"sentAt\":\"2026-01-02T03:04:05.678Z\"";
    private const string Nowhere = "\"log\":null,\"number\":null,\"sentAt\":null";
    private const string Message = """{"to": "@lineker", "text": "Teknik Informatika ✓"}""";

    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly EntryPlace Place = new(12, 34, At.AddTicks(9));

    private WebWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await WebWorld.StartAsync();
        _world.Chat.Stored = new AppendReply(SendStatus.Sent, [Place], "replicated");
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_message_is_stored_as_the_text_protocol_stores_it_and_its_place_is_answered()
    {
        var reply = await _world.SendAsync("POST", "/v1/messages", Message);

        var sent = Assert.Single(_world.Chat.Sent);
        Assert.Equal(("lineker", " Teknik Informatika ✓\r\n", null), (sent.Recipient, Encoding.UTF8.GetString(sent.Text), sent.OnceId));
        Assert.Equal(201, reply.Status);
        Assert.Equal(
            $$"""{"id":"{{sent.Id}}",{{Stored}},"durability":"replicated","repeated":false}""", reply.Text);
    }

    [Theory]
    [InlineData("k", "k")]
    [InlineData("\"k\"", "k")]
    [InlineData("\"a\\\"b\\\\c\"", "a\"b\\c")]
    [InlineData("!~", "!~")]
    [InlineData("a\"b", "a\"b")]
    public async Task Under_a_key_a_message_can_be_repeated(string header, string key)
    {
        var first = Guid.NewGuid();
        var isFirst = true;
        _world.Chat.Receipt = message =>
        {
            Assert.Equal(key, message.OnceId);
            if (isFirst) first = message.Id;
            isFirst = false;
            return new SendOnceReply(new SessionUse(ScriptedChat.Owner, false, 1), SendStatus.Sent, first, "flushed", Place);
        };
        var reply = await _world.SendAsync("POST", "/v1/messages", Message, ("Idempotency-Key", header));
        var again = await _world.SendAsync("POST", "/v1/messages", Message, ("Idempotency-Key", header));

        Assert.Equal((201, 200), (reply.Status, again.Status));
        Assert.Equal(reply.Text.Replace("\"repeated\":false", "\"repeated\":true", StringComparison.Ordinal), again.Text);
        Assert.Contains(first.ToString(), again.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_from_before_there_were_numbers_says_so()
    {
        _world.Chat.Receipt = _ => new SendOnceReply(new SessionUse(ScriptedChat.Owner, false, 1), SendStatus.Sent, Guid.Empty, "flushed");
        var reply = await _world.SendAsync("POST", "/v1/messages", Message, ("Idempotency-Key", "old"));
        Assert.Equal(
            $$"""{"id":"{{Guid.Empty}}",{{Nowhere}},"durability":"flushed","repeated":true}""", reply.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("a b")]
    [InlineData("\"a\"b\"")]
    [InlineData("\"a\\b\"")]
    [InlineData("\"")]
    [InlineData("\"a")]
    [InlineData("a\"")]
    [InlineData("\"a\\\"")]
    [InlineData("ü")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task A_key_that_is_not_valid_is_refused(string key)
    {
        // .NET sends headers in Latin-1 only, and drops empty ones.
        var body = Encoding.UTF8.GetByteCount(Message);
        var answer = await _world.SendRawAsync(Encoding.UTF8.GetBytes(
            $"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {_world.Token}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body}\r\nIdempotency-Key: {key}\r\n\r\n{Message}"));
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"bad-request\"", answer, StringComparison.Ordinal);
        Assert.Empty(_world.Chat.Sent);
    }

    [Fact]
    public async Task Two_keys_are_refused()
    {
        var reply = await _world.SendAsync("POST", "/v1/messages", Message, ("Idempotency-Key", "a"), ("Idempotency-Key", "b"));
        Assert.Equal("bad-request", reply.Problem);
    }

    [Theory]
    [InlineData(SendStatus.NoSession, 401, "no-session")]
    [InlineData(SendStatus.NoRecipient, 404, "no-recipient")]
    [InlineData(SendStatus.MailboxFull, 409, "mailbox-full")]
    public async Task A_message_that_is_refused_is_not_stored(SendStatus status, int expected, string code)
    {
        _world.Chat.Stored = new AppendReply(status);
        var reply = await _world.SendAsync("POST", "/v1/messages", Message);
        Assert.Equal((expected, code), (reply.Status, reply.Problem));
    }

    [Theory]
    [InlineData(SendStatus.IdUsed, 422, "key-reused")]
    [InlineData(SendStatus.TooManySends, 429, "too-many")]
    [InlineData(SendStatus.NoRecipient, 404, "no-recipient")]
    public async Task So_is_one_under_a_key(SendStatus status, int expected, string code)
    {
        _world.Chat.Receipt = _ => new SendOnceReply(new SessionUse(ScriptedChat.Owner, false, 1), status, default, "");
        var reply = await _world.SendAsync("POST", "/v1/messages", Message, ("Idempotency-Key", "k"));
        Assert.Equal((expected, code), (reply.Status, reply.Problem));
        Assert.Equal(expected == 429, reply.Headers.RetryAfter is not null);
    }

    [Fact]
    public async Task A_send_tells_what_the_account_may_still_send()
    {
        var reply = await _world.SendAsync("POST", "/v1/messages", Message);
        Assert.Equal("\"sends\";q=500;w=10", reply.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal("\"sends\";r=70;t=1", reply.Headers.GetValues("RateLimit").Single());

        // Another connection, whose account has nothing to lend.
        await using var other = await WebWorld.StartAsync();
        other.Chat.LentAtMost = 0;
        var refused = await other.SendAsync("POST", "/v1/messages", Message);
        Assert.Equal("too-many", refused.Problem);
        Assert.NotEmpty(refused.Headers.GetValues("RateLimit"));
        Assert.Empty(other.Chat.Sent);
    }

    [Fact]
    public async Task An_unknown_outcome_names_the_message()
    {
        _world.Chat.Stored = new AppendReply(SendStatus.Unavailable);
        var reply = await _world.SendAsync("POST", "/v1/messages", Message);
        Assert.Equal((503, "unavailable"), (reply.Status, reply.Problem));
        Assert.Equal(_world.Chat.Sent.First().Id, reply.Json.GetProperty("id").GetGuid());
        Assert.NotNull(reply.Headers.RetryAfter);
        Assert.True(_world.Chat.Sent.Count > 1);
        Assert.Single(_world.Chat.Sent.Select(message => message.Id).Distinct());
    }

    [Theory]
    [InlineData("#General", 404, "no-recipient")]
    [InlineData("#..", 404, "no-recipient")]
    [InlineData("@Not-Valid", 404, "no-recipient")]
    [InlineData("@", 400, "bad-request")]
    [InlineData("lineker", 400, "bad-request")]
    [InlineData("", 400, "bad-request")]
    public async Task A_recipient_is_a_conversation(string to, int expected, string code)
    {
        var reply = await _world.SendAsync("POST", "/v1/messages", $$"""{"to": "{{to}}", "text": "x"}""");
        Assert.Equal((expected, code), (reply.Status, reply.Problem));
        Assert.Empty(_world.Chat.Sent);
    }

    [Fact]
    public async Task A_text_has_one_to_60_000_bytes_however_it_is_escaped()
    {
        var escaped = string.Concat(Enumerable.Repeat("\\u0041", 60_000));
        Assert.Equal(201, (await Send(escaped)).Status);
        Assert.Equal(60_003, _world.Chat.Sent.Last().Text.Length);
        Assert.Equal(201, (await Send(new string('é', 30_000))).Status);
        Assert.Equal((413, "too-large"), await ProblemOf(new string('é', 30_000) + "x"));
        Assert.Equal((400, "bad-request"), await ProblemOf(""));

        Task<WebReply> Send(string text) => _world.SendAsync("POST", "/v1/messages", $$"""{"to": "@lineker", "text": "{{text}}"}""");

        async Task<(int, string)> ProblemOf(string text) => await Send(text) is var reply ? (reply.Status, reply.Problem) : default;
    }

    [Fact]
    public async Task NUL_is_an_ordinary_character_of_a_text()
    {
        await _world.SendAsync("POST", "/v1/messages", """{"to": "@lineker", "text": "a\u0000b"}""");
        Assert.Equal(" a\0b\r\n"u8.ToArray(), _world.Chat.Sent.Single().Text);
    }

    [Fact]
    public async Task A_message_is_deleted_from_the_log_that_its_entries_name()
    {
        _world.Chat.Answers[nameof(IConversationGrain.FindOwner)] = "lineker";
        _world.Chat.Answers[nameof(IConversationGrain.Delete)] = new Position(12, 40);
        var reply = await _world.SendAsync("DELETE", $"/v1/messages/12/34?epoch={ScriptedChat.Epoch}");
        Assert.Equal((200, """{"log":"12","number":40}"""), (reply.Status, reply.Text));
        Assert.Equal([ScriptedChat.Epoch, 34L], _world.Chat.LastAsked.Arguments[..2]);

        _world.Chat.Answers[nameof(IConversationGrain.FindOwner)] = ConversationStatus.NotFound;
        _world.Chat.Answers[nameof(IMemberGrain.FindRoomOfLog)] = ConversationStatus.NotFound;
        Assert.Equal("not-found", (await _world.SendAsync("DELETE", $"/v1/messages/13/34?epoch={ScriptedChat.Epoch}")).Problem);
        _world.Chat.Answers[nameof(IConversationGrain.FindOwner)] = ConversationStatus.OtherEpoch;
        Assert.Equal("epoch", (await _world.SendAsync("DELETE", "/v1/messages/12/34?epoch=another")).Problem);
        Assert.Equal("bad-request", (await _world.SendAsync("DELETE", "/v1/messages/12/34")).Problem);
        Assert.Equal("not-found", (await _world.SendAsync("DELETE", $"/v1/messages/-1/34?epoch={ScriptedChat.Epoch}")).Problem);
        Assert.Equal("bad-request", (await _world.SendAsync("DELETE", $"/v1/messages/12/-34?epoch={ScriptedChat.Epoch}")).Problem);
    }
}
