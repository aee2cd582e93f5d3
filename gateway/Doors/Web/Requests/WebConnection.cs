using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Gateway.Transport;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>
/// A connection of the HTTP door: a connection feature, by which requests are told from those of other doors. Its requests come one at a
/// time (HTTP/1.1), and share what is known of its client.
/// </summary>
internal sealed class WebConnection : IReplyBacklog
{
    /// <summary>The longest target that a connection remembers, in bytes: most of the time it has no request.</summary>
    private const int MaxRemembered = 64;

    private static long _count;

    private readonly ITransportProgress _progress;
    private RequestTarget? _target;
    private string? _token, _sessionKey;
    private readonly Func<ClientSession> _newStreamSession;
    private int _streams;
    private bool _isStream;
    private bool _mayWait;
    private long _writing;
    private long _arrived;

    public WebConnection(ConnectionContext transport, GatewayServices services)
    {
        var stopping = transport.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        _progress = transport.Features.Get<ITransportProgress>() ?? new TcpProgress(transport);
        Client = transport.Features.Get<ClientConnection>() ?? ClientConnection.Unlimited(transport, services.Time);
        Client.Replies = this;
        var id = string.Create(CultureInfo.InvariantCulture, $"{services.GatewayId}/w{Interlocked.Increment(ref _count)}");
        Session = NewSession(id, isShown: false);
        _newStreamSession = () => NewSession(
            string.Create(CultureInfo.InvariantCulture, $"{id}/s{Interlocked.Increment(ref _streams)}"), isShown: true);

        ClientSession NewSession(string name, bool isShown) => new(
            name, Client, () => transport.ConnectionClosed.IsCancellationRequested, services, stopping, isShown, door: "http");
    }

    /// <summary>The connection as the limits see it.</summary>
    public ClientConnection Client { get; }

    /// <summary>The session through which requests are carried out. Nobody is online because of a request.</summary>
    public ClientSession Session { get; }

    /// <summary>Reads the target of a request; a short one is remembered, since clients often ask for the same again.</summary>
    /// <exception cref="RequestException">It is too long, or would not arrive everywhere as what it says.</exception>
    public RequestTarget TargetOf(string raw)
    {
        if (_target?.Raw == raw) return _target;
        var target = RequestTarget.Read(raw);
        if (raw.Length <= MaxRemembered) _target = target;
        return target;
    }

    /// <summary>The key of a token's session; null for a text that is not a valid token. The last key is remembered.</summary>
    public string? SessionKeyOf(string token)
    {
        if (token == _token) return _sessionKey;
        var key = SessionToken.KeyOf(token);
        if (key is not null) (_token, _sessionKey) = (token, key);
        return key;
    }

    /// <summary>Makes what a stream asks the service through; its user is online while it has not left.</summary>
    public ClientSession NewStreamSession() => _newStreamSession();

    /// <summary>Notes that the answer is a stream from now on, or no longer.</summary>
    public void Streams(bool isStream) => Volatile.Write(ref _isStream, isStream);

    /// <summary>Notes how much of the body of the present request has arrived.</summary>
    public void Arrived(long bytes) => _arrived = bytes;

    /// <summary>How much of the body has arrived, once.</summary>
    public long TakeArrived()
    {
        var arrived = _arrived;
        _arrived = 0;
        return arrived;
    }

    /// <summary>Notes how many bytes of an answer are being written; 0 when the client's TCP has them.</summary>
    public void Writes(long bytes)
    {
        Volatile.Write(ref _writing, bytes);
        if (bytes > 0) Volatile.Write(ref _mayWait, true);
    }

    /// <inheritdoc/>
    public long WaitingBytes(out long taken)
    {
        taken = 0;
        if (Volatile.Read(ref _isStream)) return WaitingBytesOfStream(out taken);
        if (Volatile.Read(ref _writing) is not (> 0 and var bytes)) return 0;
        if (_progress.TryRead(out var sample)) taken = sample.Taken;
        return bytes;
    }

    /// <summary>
    /// The same for a stream, which is cut only when nothing of it is taken: whatever the client's TCP acknowledges counts as enough.
    /// </summary>
    private long WaitingBytesOfStream(out long taken)
    {
        taken = 0;
        if (!Volatile.Read(ref _mayWait)) return 0;
        var writing = Volatile.Read(ref _writing);
        // Before the look: what is written after it has it looked at again.
        Volatile.Write(ref _mayWait, false);
        if (_progress.TryRead(out var sample))
        {
            taken = sample.Acknowledged * ConnectionWatch.FastEnough;
            writing += sample.Taken - sample.Acknowledged;
        }
        if (writing > 0) Volatile.Write(ref _mayWait, true);
        return writing;
    }
}
