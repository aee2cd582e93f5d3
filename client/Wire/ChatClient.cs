using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace OrleansChat.Client.Wire;

/// <summary>
/// A server, reached over one connection at a time: opened when first needed, and again for the next request after it was lost.
/// A request is never repeated here: only the caller knows whether that is harmless. Connecting may take as long as the timeout, and so
/// may a reply. With TLS options the connection is encrypted.
/// </summary>
internal sealed class ChatClient(
    string host, int port, TimeSpan timeout, TimeProvider time, SslClientAuthenticationOptions? tls = null) : IDisposable
{
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(5);

    private LineConnection? _connection;

    private string Server => host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}";

    /// <summary>
    /// Asks and waits for the reply. Throws <see cref="ChatException"/> with <see cref="ExitCode.Unreachable"/> or
    /// <see cref="OperationCanceledException"/> if nothing was sent, and <see cref="ConnectionBrokenException"/> or
    /// <see cref="RequestInterruptedException"/> if the request may have been sent.
    /// </summary>
    public async Task<Reply> AskAsync(string request, CancellationToken cancellationToken)
    {
        await ReachAsync(cancellationToken);
        using var limit = new Limit(timeout, time, cancellationToken);
        try
        {
            return await _connection!.AskAsync(request, limit.Token);
        }
        catch (Exception failure)
        {
            var isFirst = !_connection!.HasAnswered;
            Reset();
            if (cancellationToken.IsCancellationRequested)
                throw new RequestInterruptedException(failure);
            throw failure switch
            {
                ConnectionBrokenException => failure,
                OperationCanceledException => Broken($"{Server} does not answer"),
                // A TLS server ends a plain-text connection like this.
                IOException when isFirst && tls is null =>
                    Broken($"The connection to {Server} broke before any answer (a TLS port needs --tls)"),
                IOException => Broken($"The connection to {Server} broke"),
                _ => failure,
            };

            ConnectionBrokenException Broken(string what) => new($"{what}.", failure);
        }
    }

    /// <summary>
    /// Connects if there is no usable connection; throws <see cref="ChatException"/> with <see cref="ExitCode.Unreachable"/>.
    /// </summary>
    public async Task ReachAsync(CancellationToken cancellationToken)
    {
        if (_connection is { IsStale: true })
            Reset();
        _connection ??= await ConnectAsync(cancellationToken);
    }

    /// <summary>
    /// Closes the connection in order, which confirms the last reply to the server. If that fails, the server keeps the messages that it
    /// delivered and delivers them again: <see cref="ConnectionBrokenException"/>.
    /// </summary>
    public async Task FinishAsync()
    {
        using var limit = new Limit(_farewell, time, CancellationToken.None);
        try
        {
            if (_connection is not null)
                await _connection.FinishAsync(limit.Token);
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            throw new ConnectionBrokenException("The connection broke at its end: the last messages may be shown again.", failure);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Resets the connection, which tells the server that its last reply was not received.</summary>
    public void Reset()
    {
        _connection?.Dispose();
        _connection = null;
    }

    public void Dispose() => Reset();

    private async Task<LineConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        using var limit = new Limit(timeout, time, cancellationToken);
        try
        {
            return await LineConnection.OpenAsync(host, port, tls, time, limit.Token);
        }
        catch (Exception failure) when (failure is SocketException or AuthenticationException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = failure switch
            {
                SocketException => failure.Message,
                // The server's answer was not a TLS frame.
                AuthenticationException when failure.Message.Contains("frame", StringComparison.Ordinal) =>
                    "the server does not speak TLS on this port",
                AuthenticationException => $"TLS: {failure.Message.TrimEnd('.')}",
                IOException => "the server does not speak TLS on this port",
                _ => "no answer",
            };
            throw new ChatException(ExitCode.Unreachable, $"Cannot reach the server at {Server}: {reason}.", failure);
        }
    }

    private sealed class Limit : IDisposable
    {
        private readonly CancellationTokenSource _timer;
        private readonly CancellationTokenSource _either;

        public Limit(TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
        {
            _timer = new CancellationTokenSource(time, clock);
            _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellationToken);
        }

        public CancellationToken Token => _either.Token;

        public void Dispose()
        {
            _either.Dispose();
            _timer.Dispose();
        }
    }
}
