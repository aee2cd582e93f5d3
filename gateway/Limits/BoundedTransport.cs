using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansChat.Gateway.Options;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// Accepts only as many connections as leave this process the files that it needs otherwise: a process that can open no file cannot
/// even load its own code, and ends.
/// </summary>
/// <remarks>
/// The limit of all connections (<see cref="Connections.Capacity"/>) is a little lower. A connection accepted between the two is being
/// refused, or evicts another; connections beyond both wait in the kernel's queue.
/// </remarks>
[SuppressMessage("Reliability", "CA1001", Justification =
    "A semaphore whose wait handle is never used holds no resource, and connections release it whenever they end.")]
internal sealed partial class BoundedTransport(
    IOptions<SocketTransportOptions> sockets, ILoggerFactory loggers, Connections connections, LimitOptions options,
    ILogger<BoundedTransport> logger) : IConnectionListenerFactory
{
    /// <summary>
    /// Files reserved for what is opened later: up to 30 connections to PostgreSQL, those to other silos, certificates, and two for
    /// each assembly that is not loaded yet.
    /// </summary>
    internal const int Reserve = 150;

    /// <summary>The process does not start with room for fewer connections than this.</summary>
    internal const int LeastRoom = 32;

    /// <summary>With this much more room than connections, the room is not counted: it exceeds the kernel's queue several times.</summary>
    internal const int AmpleRoom = 4096;

    private const int LeastSlack = 8, MostSlack = 64, SlackShare = 8;

    private readonly SocketTransportFactory _sockets = new(sockets, loggers);
    private SemaphoreSlim? _room;
    private bool _isMeasured;

    /// <summary>Reads how many files may be open, and how many are; tests replace it.</summary>
    internal Func<(int Limit, int Open)?> ReadFiles { get; init; } = OpenFiles.Read;

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = await _sockets.BindAsync(endpoint, cancellationToken);
        if (!_isMeasured) Measure();
        _isMeasured = true;
        return _room is null ? listener : new Listener(listener, _room);
    }

    private void Measure()
    {
        if (ReadFiles() is not { } files) return;
        var room = files.Limit - files.Open - Reserve;
        if (room < LeastRoom)
        {
            throw new ConfigurationException(
                $"This process may have {files.Limit} files open (ulimit -n), has {files.Open}, and keeps {Reserve} for the database "
                + "and others: too few are left for clients. "
                + "Raise the limit: ulimit -n 65536, LimitNOFILE=65536 in systemd, ulimits in Docker.");
        }
        if (room >= options.MaxConnections + AmpleRoom) return;
        _room = new SemaphoreSlim(room);
        connections.Capacity = Math.Min(options.MaxConnections, room - Math.Clamp(room / SlackShare, LeastSlack, MostSlack));
        if (connections.Capacity < options.MaxConnections) LogLowered(files.Limit, connections.Capacity, options.MaxConnections);
    }

    [LoggerMessage(2201, LogLevel.Warning,
        "This process may have {Limit} files open (ulimit -n): it takes {Connections} connections, not the {Wanted} of --max-connections. "
        + "Raise the limit (LimitNOFILE= in systemd, ulimits in Docker), or lower --max-connections.")]
    private partial void LogLowered(int limit, int connections, int wanted);

    /// <summary>Accepts a connection when there is room for it; the connection gives the room back when it has ended.</summary>
    private sealed class Listener(IConnectionListener sockets, SemaphoreSlim room) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        /// <inheritdoc/>
        public EndPoint EndPoint => sockets.EndPoint;

        /// <inheritdoc/>
        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                await room.WaitAsync(_unbound.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            var connection = await sockets.AcceptAsync(cancellationToken);
            if (connection is null) room.Release();
            else connection.ConnectionClosed.UnsafeRegister(static room => ((SemaphoreSlim)room!).Release(), room);
            return connection;
        }

        /// <inheritdoc/>
        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync();
            await sockets.UnbindAsync(cancellationToken);
        }

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            await sockets.DisposeAsync();
            _unbound.Dispose();
        }
    }
}
