using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Options;

namespace OrleansChat.Gateway.Transport.Proxying;

/// <summary>
/// Takes the PROXY header off each connection of a trusted proxy, and gives the connection the addresses that it names. A connection
/// of a trusted proxy without a header is reset. What any other peer sends counts as client data.
/// </summary>
internal sealed partial class ProxyHeaders(ProxyOptions options, TimeProvider time, ILogger<ProxyHeaders> logger)
{
    /// <summary>How long a header may take to arrive. It is short and comes first: one that is later than this will never come.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>How often missing headers are logged: a misconfigured proxy may connect a thousand times per second.</summary>
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(1);

    private readonly TrustedNetworks _proxies = TrustedNetworks.Parse(options.Trusted);
    private readonly Lock _lock = new();
    private long _unreported;
    private long? _reported;

    /// <summary>Handles PROXY headers before anything else on this address, if any proxy is trusted.</summary>
    public static void Use(ListenOptions listen)
    {
        var headers = listen.ApplicationServices.GetRequiredService<ProxyHeaders>();
        if (!headers._proxies.IsEmpty) listen.Use(next => connection => headers.OnConnectedAsync(connection, next));
    }

    /// <summary>Takes the header off a trusted proxy's connection; passes every other connection on as it is.</summary>
    public Task OnConnectedAsync(ConnectionContext connection, ConnectionDelegate next) =>
        _proxies.Contains(connection.RemoteEndPoint) ? TakeAsync(connection, next) : next(connection);

    private async Task TakeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await ReadAsync(connection) is not { } header)
        {
            connection.Reset();
            return;
        }
        LogTaken(connection.ConnectionId, connection.RemoteEndPoint, header.Source);
        connection.Features.Set(header);
        connection.RemoteEndPoint = header.Source ?? connection.RemoteEndPoint;
        connection.LocalEndPoint = header.Destination ?? connection.LocalEndPoint;
        await next(connection);
    }

    /// <summary>Reads up to the end of the header; null where there is no header.</summary>
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
                if (status == ProxyHeaderStatus.Malformed) Report(connection.RemoteEndPoint, "it began with something else");
                // A connection that ends before is not reported: some health checks look like that.
                if (status != ProxyHeaderStatus.Incomplete || read.IsCompleted) return header;
            }
        }
        catch (OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested) Report(connection.RemoteEndPoint, "no header came in time");
        }
        catch (Exception exception) when (exception.IsOfTransport())
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
            LogMissing(_unreported, proxy, reason);
            (_unreported, _reported) = (0, time.GetTimestamp());
        }
    }

    [LoggerMessage(2101, LogLevel.Debug, "Connection {Connection} of the proxy {Proxy} is for {Client}.")]
    private partial void LogTaken(string connection, EndPoint? proxy, EndPoint? client);

    [LoggerMessage(2102, LogLevel.Warning,
        "Connections of trusted proxies without a PROXY header were reset: {Count} since the last report. "
        + "The last came from {Proxy}: {Reason}.")]
    private partial void LogMissing(long count, EndPoint? proxy, string reason);
}
