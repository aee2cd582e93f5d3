using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansChat.Gateway;
using OrleansChat.Gateway.Hosting;

namespace OrleansChat.EndToEnd.Tests.Wire;

/// <summary>A client whose machine or network is gone is nothing to report: what escapes here, Kestrel logs as an error.</summary>
public sealed class VanishedClientTests
{
    public static TheoryData<Exception> Endings =>
    [
        new SocketException((int)SocketError.TimedOut),
        new SocketException((int)SocketError.HostUnreachable),
        new ConnectionResetException("reset"),
        new ConnectionAbortedException("aborted"),
    ];

    [Theory]
    [MemberData(nameof(Endings), DisableDiscoveryEnumeration = true)]
    public async Task Its_connection_ends_without_an_error(Exception ending)
    {
        Pipe input = new(), output = new();
        var presence = new Gateway.Presence(null!, TimeProvider.System, NullLogger<Gateway.Presence>.Instance);
        var services = new GatewayServices(null!, presence, new GatewayOptions(), TimeProvider.System, NullLogger<GatewayServices>.Instance);
        var handler = new ChatConnectionHandler(services, NullLogger<ChatConnectionHandler>.Instance);
        var connection = new DefaultConnectionContext("test") { Transport = new Duplex(input.Reader, output.Writer) };
        var handled = handler.OnConnectedAsync(connection);
        Assert.False(handled.IsCompleted);

        await input.Writer.CompleteAsync(ending);

        await handled.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
