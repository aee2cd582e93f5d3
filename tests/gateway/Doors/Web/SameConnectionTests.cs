using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Requests that follow each other on a connection, which remembers what the last one had.</summary>
public sealed partial class SameConnectionTests : IAsyncLifetime
{
    private const string Message = """{"to":"@lineker","text":"Hello"}""";

    private WebWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await WebWorld.StartAsync();
        _world.Chat.Stored = new AppendReply(SendStatus.Sent, [new EntryPlace(12, 34, DateTimeOffset.UnixEpoch)], "flushed");
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Each_request_goes_by_its_own_token()
    {
        var other = Guid.NewGuid().ToString();
        var statuses = await AskAsync(
            Post(_world.Token), Post(other), Post(_world.Token), Post("nonsense"), Post(null), Post(_world.Token));
        Assert.Equal([201, 401, 201, 401, 401, 201], statuses);
        Assert.Equal(3, _world.Chat.Sent.Count);
    }

    [Fact]
    public async Task After_the_end_of_its_session_a_connection_answers_nothing()
    {
        var statuses = await AskAsync(Post(_world.Token), Request("DELETE /v1/sessions/current", _world.Token), Post(_world.Token));
        Assert.Equal([201, 204], statuses);
        Assert.Single(_world.Chat.Sent);
    }

    [Fact]
    public async Task Each_request_goes_by_its_own_method_path_and_query()
    {
        var statuses = await AskAsync(
            Post(_world.Token), Request("GET /v1/messages", _world.Token), Request("PUT /v1/messages", _world.Token),
            Request("POST /v1/messages/", _world.Token), Post(_world.Token), Post(_world.Token, target: "/v1/messages?x=1"),
            Request("GET /v1/account", _world.Token), Request("GET http://localhost/v1/account", _world.Token),
            Request("GET /v1/account/.", _world.Token), Request("GET /v1/account?limit=1", _world.Token));
        Assert.Equal([201, 400, 405, 404, 201, 400, 200, 200, 404, 400], statuses);
    }

    [Fact]
    public async Task A_body_may_arrive_in_pieces()
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(_world.Address.Host, _world.Address.Port);
        var stream = client.GetStream();
        var request = Post(_world.Token, headers: "Expect: 100-continue\r\n");
        var bodyAt = request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request[..bodyAt]));
        // The service waits for the body, and says so.
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await ReadAsync(25));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request[bodyAt..^5]));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request[^5..]));
        Assert.Equal("HTTP/1.1 201", await ReadAsync(12));

        async Task<string> ReadAsync(int length)
        {
            var bytes = new byte[length];
            await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Waiting.Patience);
            return Encoding.ASCII.GetString(bytes);
        }
    }

    /// <summary>Asks one thing after the other on one connection.</summary>
    /// <returns>The statuses of the answers.</returns>
    private async Task<int[]> AskAsync(params string[] requests)
    {
        var last = Request("GET /v1/server", token: null, "Connection: close\r\n");
        var answers = await _world.SendRawAsync(Encoding.ASCII.GetBytes(string.Concat(requests) + last));
        return [.. Status().Matches(answers).Select(status => int.Parse(status.Groups[1].Value, null)).Take(requests.Length)];
    }

    private static string Post(string? token, string target = "/v1/messages", string headers = "") => Request(
        $"POST {target}", token, $"{headers}Content-Type: application/json\r\nContent-Length: {Message.Length}\r\n") + Message;

    private static string Request(string line, string? token, string headers = "") =>
        $"{line} HTTP/1.1\r\nHost: localhost\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}{headers}\r\n";

    [GeneratedRegex(@"HTTP/1\.1 (\d+) ")]
    private static partial Regex Status();
}
