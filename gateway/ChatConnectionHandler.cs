using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace OrleansChat.Gateway;

/// <summary>Where Kestrel hands over each accepted connection.</summary>
public sealed partial class ChatConnectionHandler(GatewayServices services, ILogger<ChatConnectionHandler> logger) : ConnectionHandler
{
    private long _connections;

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{services.GatewayId}/{Interlocked.Increment(ref _connections)}");
        try
        {
            await new ChatConnection(id, connection, services).RunAsync();
        }
        catch (Exception e) when (IsOfTransport(e) || e is OperationCanceledException or ObjectDisposedException)
        {
            LogGone(logger, id, e);
        }
    }

    /// <summary>Whether a client's going may look like this.</summary>
    internal static bool IsOfTransport(Exception e) => e is IOException or SocketException or ConnectionAbortedException;

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connection {Connection} broke.")]
    private static partial void LogGone(ILogger logger, string connection, Exception reason);
}
