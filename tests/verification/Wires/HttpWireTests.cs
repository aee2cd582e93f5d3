using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Tests.Wires;

/// <summary>The client of HTTP reads what a server may send, however it is cut, and refuses the rest.</summary>
public sealed class HttpWireTests
{
    private const string Whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Name: value\r\n\r\nhello";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(Whole, 200, "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 200, "hello")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, "")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 503, "")]
    public async Task An_answer_is_read_in_pieces_of_every_size(string answer, int status, string body)
    {
        for (var piece = 1; piece <= answer.Length; piece += answer.Length / 3)
        {
            var read = await AskAsync(answer, piece);
            Assert.Equal((status, body), (read.Status, Encoding.ASCII.GetString(read.Body)));
        }
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 1\r\n\r\na")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n")]
    public async Task What_is_not_an_answer_is_told(string answer) =>
        await Assert.ThrowsAsync<AnswerFormException>(() => AskAsync(answer, answer.Length));

    [Fact]
    public async Task Half_an_answer_is_none() =>
        await Assert.ThrowsAsync<WireBrokenException>(() => AskAsync(Whole[..^1], Whole.Length));

    private static async Task<HttpAnswer> AskAsync(string answer, int piece)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connecting = HttpWire.ConnectAsync(listener.LocalEndpoint);
        using var server = await listener.AcceptSocketAsync();
        server.NoDelay = true;
        var wire = await connecting;
        var asking = wire.AskAsync("GET / HTTP/1.1\r\nHost: localhost\r\n", null);
        Assert.True(await server.ReceiveAsync(new byte[1000]) > 0);
        foreach (var bytes in Encoding.ASCII.GetBytes(answer).Chunk(piece)) await server.SendAsync(bytes);
        server.Shutdown(SocketShutdown.Send);
        return await asking.WaitAsync(Patience);
    }
}
