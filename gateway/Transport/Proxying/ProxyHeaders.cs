using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Options;

namespace OrleansChat.Gateway.Transport.Proxying;

/// <summary>
/// Takes the PROXY header off each connection of a trusted proxy, and gives the connection the addresses that it names. A proxy
/// that sends none is reset. Others are not asked: what they send is theirs.
/// </summary>
internal sealed partial class ProxyHeaders(GatewayOptions options, TimeProvider time, ILogger<ProxyHeaders> logger)
{
    /// <summary>A header is the first thing that a proxy sends, and is short: one that is not complete by then never will be.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>A proxy that is set up wrong may connect a thousand times a second.</summary>
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(1);

    private readonly TrustedNetworks _proxies = TrustedNetworks.Parse(options.TrustedProxies);
    private readonly Lock _lock = new();
    private long _unreported;
    private long? _reported;

    /// <summary>Puts this in front of whatever comes next, where proxies are trusted.</summary>
    public static void Use(ListenOptions listen)
    {
        var headers = listen.ApplicationServices.GetRequiredService<ProxyHeaders>();
        if (!headers._proxies.IsEmpty) listen.Use(next => connection => headers.OnConnectedAsync(connection, next));
    }

    /// <summary>Handles a connection, or hands it on.</summary>
    public Task OnConnectedAsync(ConnectionContext connection, ConnectionDelegate next) =>
        _proxies.Contains(connection.RemoteEndPoint) ? TakeAsync(connection, next) : next(connection);

    private async Task TakeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await ReadAsync(connection) is not { } header)
        {
            connection.Reset();
            return;
        }
        LogTaken(logger, connection.ConnectionId, connection.RemoteEndPoint, header.Source);
        connection.Features.Set(header);
        connection.RemoteEndPoint = header.Source ?? connection.RemoteEndPoint;
        connection.LocalEndPoint = header.Destination ?? connection.LocalEndPoint;
        await next(connection);
    }

    /// <summary>Reads up to the end of the header; null where there is none.</summary>
    private async Task<ProxyHeader?> ReadAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var registration = stopping.Register(timeout.Cancel);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(timeout.Token);
                var status = ProxyHeaderParser.Parse(read.Buffer, out var header);
                if (header is null) input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                else input.AdvanceTo(read.Buffer.GetPosition(header.Length));
                if (status == ProxyHeaderStatus.Malformed) Report(connection.RemoteEndPoint, "it begins with something else");
                // One that ends before is none to report: so look some health checks.
                if (status != ProxyHeaderStatus.Incomplete || read.IsCompleted) return header;
            }
        }
        catch (OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested) Report(connection.RemoteEndPoint, "none came in time");
        }
        catch (Exception e) when (e.IsOfTransport())
        {
            // The proxy has gone.
        }
        return null;
    }

    private void Report(EndPoint? proxy, string reason)
    {
        lock (_lock)
        {
            _unreported++;
            if (_reported is { } last && time.GetElapsedTime(last) < ReportEvery) return;
            LogMissing(logger, _unreported, proxy, reason);
            (_unreported, _reported) = (0, time.GetTimestamp());
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connection {Connection} of the proxy {Proxy} is for {Client}.")]
    private static partial void LogTaken(ILogger logger, string connection, EndPoint? proxy, EndPoint? client);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "Connections of trusted proxies without a PROXY header were reset: {Count} since this was last said. "
        + "The last came from {Proxy}: {Reason}.")]
    private static partial void LogMissing(ILogger logger, long count, EndPoint? proxy, string reason);
}
