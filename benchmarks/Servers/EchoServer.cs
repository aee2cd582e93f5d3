using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansChat.Bench.Servers;

/// <summary>
/// Answers each line with <c>Message Sent</c> and does nothing else, on the gateway's transport with the gateway's settings: the upper
/// limit that the socket allows.
/// </summary>
internal sealed class EchoServer : ConnectionHandler
{
    private static readonly byte[] Reply = "{\"status\": \"OK\", \"message\": \"Message Sent\"}\r\n\r\n"u8.ToArray();

    /// <summary>The hidden command of this program that serves it.</summary>
    public const string Command = "serve-echo";

    /// <summary>Starts the server in a process of its own.</summary>
    public static Task<ServerProcess> StartAsync(CancellationToken cancellationToken) =>
        ServerProcess.StartAsync(Environment.ProcessPath!, endPoint => [Command, endPoint.ToString()], cancellationToken);

    /// <summary>Serves until the process is told to stop.</summary>
    public static async Task RunAsync(IPEndPoint endPoint)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(endPoint, listen => listen.UseConnectionHandler<EchoServer>()));
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        await app.RunAsync();
    }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var read = await input.ReadAsync();
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                output.Write(Reply);
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            input.AdvanceTo(rest.Start, rest.End);
            await output.FlushAsync();
            if (read.IsCompleted || read.IsCanceled) return;
        }
    }
}
