using System.Net.Http.Headers;
using System.Text;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>A connection ends with the session that it served.</summary>
public sealed class SessionEndTests : IAsyncLifetime
{
    private WebWorld _world = null!;

    public async Task InitializeAsync() => _world = await WebWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData("DELETE /v1/sessions/current", "")]
    [InlineData("DELETE /v1/account", """{"password": "surabaya"}""")]
    public async Task What_ends_the_session_is_the_last_answer_of_its_connection(string request, string body)
    {
        _world.Chat.Answers[nameof(IAccountGrain.Remove)] = AccountStatus.Done;
        var headers = $" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {_world.Token}\r\n";
        var get = $"GET /v1/account{headers}\r\n";
        var end = $"{request}{headers}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

        var answer = await _world.SendRawAsync(Encoding.ASCII.GetBytes(get + end + get));

        var answers = answer.Split("HTTP/1.1 ")[1..];
        Assert.Equal(["200", "204"], answers.Select(text => text[..3]));
        Assert.Equal([false, true], answers.Select(text => text.Contains("Connection: close\r\n", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_session_that_ended_elsewhere_is_refused_once_more_on_its_connection()
    {
        Assert.Null((await _world.SendAsync("GET", "/v1/account")).Headers.ConnectionClose);
        Assert.StartsWith("HTTP/1.1 204", await _world.SendRawAsync("DELETE", "/v1/sessions/current"), StringComparison.Ordinal);

        var refused = await _world.SendAsync("GET", "/v1/account");
        Assert.Equal(("no-session", true), (refused.Problem, refused.Headers.ConnectionClose));
        // The next connection never had it.
        for (var i = 0; i < 2; i++)
        {
            refused = await _world.SendAsync("GET", "/v1/account");
            Assert.Equal(("no-session", null), (refused.Problem, refused.Headers.ConnectionClose));
        }
    }

    [Fact]
    public async Task Where_a_send_finds_the_session_ended_its_connection_ends_too()
    {
        const string Message = """{"to": "@lineker", "text": "hello"}""";
        _world.Chat.Stored = new AppendReply(SendStatus.Sent, [new EntryPlace(1, 2, default)], "flushed");
        Assert.Null((await _world.SendAsync("POST", "/v1/messages", Message)).Headers.ConnectionClose);
        await _world.SendRawAsync("DELETE", "/v1/sessions/current");
        _world.Chat.Stored = new AppendReply(SendStatus.NoSession, [], "");
        var refused = await _world.SendAsync("POST", "/v1/messages", Message);
        Assert.Equal(("no-session", true), (refused.Problem, refused.Headers.ConnectionClose));
    }

    [Fact]
    public async Task A_token_that_was_never_good_and_a_new_password_end_no_connection()
    {
        _world.Chat.Answers[nameof(IAccountGrain.ChangePassword)] = AccountStatus.Done;
        var changed = await _world.SendAsync("PUT", "/v1/account/password", """{"old": "surabaya", "new": "pekanbaru"}""");
        Assert.Equal((204, null), (changed.Status, changed.Headers.ConnectionClose));
        _world.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Guid.NewGuid().ToString());
        var refused = await _world.SendAsync("GET", "/v1/account");
        Assert.Equal(("no-session", null), (refused.Problem, refused.Headers.ConnectionClose));
    }
}
