using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Sessions;

namespace OrleansChat.Gateway.Doors.Line;

/// <summary>Where Kestrel hands over each accepted connection.</summary>
public sealed partial class LineConnectionHandler(GatewayServices services, ILogger<LineConnectionHandler> logger) : ConnectionHandler
{
    private long _connections;

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{services.GatewayId}/{Interlocked.Increment(ref _connections)}");
        try
        {
            await new LineConnection(id, connection, services).RunAsync();
        }
        catch (Exception e) when (LineConnection.IsGoing(e))
        {
            LogGone(logger, id, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connection {Connection} broke.")]
    private static partial void LogGone(ILogger logger, string connection, Exception reason);
}
