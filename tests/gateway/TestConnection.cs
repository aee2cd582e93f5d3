using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansChat.Gateway.Doors.Line;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Tests;

/// <summary>Connections without a socket, of a gateway without grains.</summary>
internal static class TestConnection
{
    /// <summary>What such a gateway's connections share.</summary>
    public static GatewayServices Services(
        ILogger<GatewayServices>? log = null, LimitOptions? limits = null, TimeProvider? time = null, IChatGrains? grains = null) =>
        new(
            grains!, new Gateway.Sessions.Presence(null!, TimeProvider.System, NullLogger<Gateway.Sessions.Presence>.Instance),
            limits ?? new LimitOptions(), new LimitMetrics(), time ?? TimeProvider.System,
            log ?? NullLogger<GatewayServices>.Instance);

    /// <summary>A connection of the text protocol.</summary>
    public static LineConnection Lines(ConnectionContext transport, GatewayServices services) =>
        new("test", transport, services, new LineOptions(), new ProxyOptions());

    /// <summary>What takes such connections.</summary>
    public static LineConnectionHandler Handler(GatewayServices services) =>
        new(services, new LineOptions(), new ProxyOptions(), NullLogger<LineConnectionHandler>.Instance);

    /// <summary>A transport that is two pipes.</summary>
    public static DefaultConnectionContext Over(PipeReader input, PipeWriter output) =>
        new("test") { Transport = new Duplex(input, output) };

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
