using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;

namespace OrleansChat.Gateway.Doors.Line;

/// <summary>Serves each connection that Kestrel accepts for the text protocol.</summary>
public sealed partial class LineConnectionHandler(
    GatewayServices services, LineOptions options, ProxyOptions proxies, ILogger<LineConnectionHandler> logger) : ConnectionHandler
{
    private long _connections;

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{services.GatewayId}/{Interlocked.Increment(ref _connections)}");
        try
        {
            await new LineConnection(id, connection, services, options, proxies).RunAsync();
        }
        catch (Exception exception) when (LineConnection.IsGoing(exception))
        {
            LogGone(id, exception);
        }
    }

    [LoggerMessage(2402, LogLevel.Debug, "Connection {Connection} broke.")]
    private partial void LogGone(string connection, Exception reason);
}
