using System.Net.Http.Headers;
using System.Text;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Bodies, paths and methods that are not what they should be, and names in paths.</summary>
public sealed class FormTests : IAsyncLifetime
{
    private WebWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await WebWorld.StartAsync();
        _world.Chat.Answers[nameof(IConversationGrain.SetBlocked)] = new Position(ScriptedChat.Inbox, 0);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("""{"to": "@lineker"}""")]
    [InlineData("""{"to": "@lineker", "text": 5}""")]
    [InlineData("""{"to": "@lineker", "text": null}""")]
    [InlineData("""{"to": ["@lineker"], "text": "x"}""")]
    [InlineData("""{"To": "@lineker", "text": "x"}""")]
    [InlineData("""{"to": "@lineker", "text": "x", "text": "y"}""")]
    [InlineData("""{"to": "@lineker", "text": "x", "te\u0078t": "y"}""")]
    [InlineData("""{"to": "@lineker", "text": "x", "other": {"a": 1, "a": 2}}""")]
    [InlineData("""{"to": "@lineker", "text": "\ud800"}""")]
    [InlineData("""{"to": "@lineker", "text": "\udc00\ud800"}""")]
    [InlineData("""{"to": "@lineker", "text": "x", "\ud800": 1}""")]
    [InlineData("""{"to": "@lineker", "text": "x"} {}""")]
    [InlineData("""{"to": "@lineker", "text": "x",}""")]
    [InlineData("""{"to": "@lineker", /* */ "text": "x"}""")]
    [InlineData("""{"to": "@lineker", "text": "x", "deep": [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}""")]
    public async Task A_body_that_is_malformed_is_refused_and_nothing_is_sent(string body)
    {
        var reply = await _world.SendAsync("POST", "/v1/messages", body);
        Assert.Equal((400, "bad-request"), (reply.Status, reply.Problem));
        Assert.Empty(_world.Chat.Sent);
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc0, 0x80 })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xf4, 0x90, 0x80, 0x80 })]
    public async Task A_body_that_is_not_UTF_8_is_refused(byte[] bytes)
    {
        byte[] body = [.. "{\"to\": \"@lineker\", \"text\": \""u8, .. bytes, .. "\"}"u8];
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        Assert.Equal("bad-request", (await _world.SendAsync("POST", "/v1/messages", content)).Problem);
        Assert.Empty(_world.Chat.Sent);
    }

    [Fact]
    public async Task Unknown_fields_of_a_body_are_ignored()
    {
        _world.Chat.Stored = new AppendReply(SendStatus.Sent, [new EntryPlace(1, 2, default)], "flushed");
        var reply = await _world.SendAsync("POST", "/v1/messages", """{"new": [{"x": 1}], "to": "@lineker", "text": "x"}""");
        Assert.Equal(201, reply.Status);
    }

    [Theory]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/json;charset=UTF-8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    public async Task The_type_of_a_body_is_written_in_several_ways(string type)
    {
        _world.Chat.Stored = new AppendReply(SendStatus.Sent, [new EntryPlace(1, 2, default)], "flushed");
        var content = new ByteArrayContent("""{"to": "@lineker", "text": "x"}"""u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        Assert.Equal(201, (await _world.SendAsync("POST", "/v1/messages", content)).Status);
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("application/json", "gzip")]
    [InlineData(null, null)]
    public async Task A_body_of_another_type_is_refused(string? type, string? encoding)
    {
        var content = new ByteArrayContent("{}"u8.ToArray());
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        var reply = await _world.SendAsync("POST", "/v1/messages", content);
        Assert.Equal((415, "media-type"), (reply.Status, reply.Problem));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_is_too_large_is_refused(bool isChunked)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"to": "@lineker", "text": "{{new string('x', 400_000)}}"}""");
        HttpContent content = isChunked ? new StreamContent(new Unseekable(body)) : new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var reply = await _world.SendAsync("POST", "/v1/messages", content);
        Assert.Equal((413, "too-large"), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task A_body_that_is_too_slow_is_refused()
    {
        await using var world = await WebWorld.StartAsync(options => options.Limits.LineTimeout = TimeSpan.FromSeconds(1));
        var answer = await world.SendRawAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {world.Token}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"));
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("did not arrive in time", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/v1/account", "DELETE, GET, PATCH")]
    [InlineData("HEAD", "/v1/account", "DELETE, GET, PATCH")]
    [InlineData("OPTIONS", "/v1/messages", "GET, POST")]
    [InlineData("PUT", "/v1/blocks", "GET")]
    public async Task A_method_that_a_path_does_not_take_is_refused_with_those_that_it_takes(string method, string path, string allowed)
    {
        var answer = await _world.SendRawAsync(method, path);
        Assert.StartsWith("HTTP/1.1 405", answer, StringComparison.Ordinal);
        Assert.Contains($"Allow: {allowed}\r\n", answer, StringComparison.Ordinal);
        if (method != "HEAD") Assert.Contains("\"code\":\"method\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/blocks/.", "404")]
    [InlineData("/v1/blocks/..", "404")]
    [InlineData("/v1/blocks/%2e%2e", "404")]
    [InlineData("/v1/blocks/%2E.", "404")]
    [InlineData("/v1/blocks/x/../lineker", "404")]
    [InlineData("/v1/blocks/", "404")]
    [InlineData("/v1//blocks/lineker", "404")]
    [InlineData("/v1/blocks/%23general", "404")]
    [InlineData("/v1/blocks/a%2fb", "404")]
    [InlineData("/v1/blocks/a%00b", "400")]
    [InlineData("/v1/blocks/-dash", "404")]
    [InlineData("/v1/blocks/.dot", "404")]
    [InlineData("/v1/blocks/Upper", "404")]
    [InlineData("/v1/blocks/a%252e", "404")]
    [InlineData("/v1/blocks/abcdefghijklmnopqrstuvwxyz0123456789", "404")]
    [InlineData("/V1/blocks/lineker", "404")]
    [InlineData("/v1/Blocks/lineker", "404")]
    [InlineData("/v1/blocks/%ff", "400")]
    [InlineData("/v1/blocks/%zz", "400")]
    public async Task A_name_in_a_path_that_nobody_can_have_blocks_nobody(string path, string status)
    {
        foreach (var method in new[] { "PUT", "DELETE" })
        {
            var answer = await _world.SendRawAsync(method, path);
            Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
            Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        }
        Assert.Empty(_world.Chat.Asked);
    }

    [Theory]
    [InlineData("lineker", "lineker")]
    [InlineData("%6Cineker", "lineker")]
    [InlineData("a%2D%2d", "a--")]
    [InlineData("a..b", "a..b")]
    [InlineData("0-", "0-")]
    [InlineData("a%2E%2e", "a..")]
    [InlineData("current", "current")]
    public async Task A_name_in_a_path_arrives_as_that_name(string inPath, string name)
    {
        Assert.StartsWith("HTTP/1.1 204", await _world.SendRawAsync("PUT", $"/v1/blocks/{inPath}"), StringComparison.Ordinal);
        Assert.Equal(name, _world.Chat.LastAsked.Arguments[0]);
    }

    /// <summary>A stream whose length nobody knows before its end.</summary>
    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
