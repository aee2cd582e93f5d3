using System.Net.Sockets;
using System.Text;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Gateway.Tests.Transport.Proxying;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Connections of proxies that are trusted, on sockets.</summary>
public sealed class TrustedProxyTests(ProxiedChatService service) : IClassFixture<ProxiedChatService>
{
    public static TheoryData<byte[], string> Kinds => new()
    {
        { "PROXY TCP4 198.51.100.1 203.0.113.1 1001 8889\r\n"u8.ToArray(), "198.51.100.1:1001." },
        { "PROXY TCP6 2001:db8::1 2001:db8::2 1002 8889\r\n"u8.ToArray(), "[2001:db8::1]:1002." },
        { Headers.Binary(Headers.ProxyCommand, Headers.Tcp4, 198, 51, 100, 2, 203, 0, 113, 1, 3, 235, 34, 185), "198.51.100.2:1003." },
        { "PROXY UNKNOWN\r\n"u8.ToArray(), "(null)." },
        { Headers.Binary(Headers.LocalCommand, 0), "(null)." },
    };

    [Theory]
    [MemberData(nameof(Kinds), DisableDiscoveryEnumeration = true)]
    public async Task A_session_follows_the_header_and_the_connection_is_the_clients(byte[] header, string client)
    {
        using var connection = await WireClient.ConnectAsync(service.EndPoint, preamble: header);

        await connection.LogInAsync("messi", ChatService.Password);

        Assert.Contains("messi", Replies.UsersIn(await connection.AskAsync("listuser")));
        Assert.Contains(service.Taken, line => line.EndsWith($"is for {client}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lines_in_one_write_with_the_header_are_answered()
    {
        using var connection = await WireClient.ConnectAsync(service.EndPoint);

        await connection.SendAsync("PROXY TCP4 198.51.100.1 203.0.113.1 1 2\r\n?\r\nPROXY UNKNOWN\r\n");

        // Only the first is a header.
        Assert.Equal([Replies.NotACommand, Replies.NotACommand], await connection.ReadRepliesAsync(2));
    }

    [Theory]
    [InlineData("auth messi surabaya\r\n")]
    [InlineData("PROXY TCP4 198.51.100.256 203.0.113.1 1 2\r\n")]
    public async Task Without_a_header_the_connection_is_reset(string sent)
    {
        using var connection = await WireClient.ConnectAsync(service.EndPoint);

        await connection.SendAsync(sent);

        var reset = await Assert.ThrowsAsync<SocketException>(connection.ReadReplyAsync);
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }
}

/// <summary>Connections of others, where proxies elsewhere are trusted.</summary>
public sealed class UntrustedProxyTests : IAsyncLifetime
{
    private readonly ChatService _service = new() { Arguments = ["--trusted-proxies", "192.0.2.0/24,::1"] };

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task The_header_is_a_line_like_any_other()
    {
        using var client = await _service.ConnectAsync();

        await client.SendAsync(Encoding.ASCII.GetBytes("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"));

        Assert.Equal(Replies.NotACommand, await client.ReadReplyAsync());
        await client.LogInAsync("messi", ChatService.Password);
    }
}
