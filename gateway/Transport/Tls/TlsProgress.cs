using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace OrleansChat.Gateway.Transport.Tls;

/// <summary>
/// How far the TCP connection under a TLS connection has got, and what of it belongs to which bytes of the chat: TLS adds to
/// both directions, and reads and writes more than the chat does.
/// </summary>
internal sealed class TlsProgress : ITransportProgress
{
    private readonly ConnectionContext _connection;
    private readonly TcpProgress _tcp;
    private readonly TlsRecordReader _input;
    private readonly CountingPipeWriter _output;

    // What is not yet taken holds no line's end: lines begin where it does, or in what came last.
    private long _firstRecord;
    private long _lastOffset;
    private long _lastRecord;
    private long _arrived;
    private bool _isFinished;

    private TlsProgress(ConnectionContext connection)
    {
        _connection = connection;
        _tcp = new TcpProgress(connection);
        _input = new TlsRecordReader(connection.Transport.Input);
        _output = new CountingPipeWriter(connection.Transport.Output);
        connection.Transport = new DuplexPipe(_input, _output);
    }

    /// <summary>Puts itself between a connection and the TLS that comes next.</summary>
    public static void Observe(ConnectionContext connection) => connection.Features.Set<ITransportProgress>(new TlsProgress(connection));

    /// <inheritdoc/>
    public bool TryRead(out TransportSample sample) => _tcp.TryRead(out sample);

    /// <inheritdoc/>
    public long SentFor(long written) => _output.Written;

    /// <inheritdoc/>
    public bool CanTell => _tcp.CanTell;

    /// <inheritdoc/>
    public long Seen => _input.RecordStart + 1;

    /// <inheritdoc/>
    public void Arrived(long consumed, long arrived)
    {
        if (arrived == _arrived) return;
        if (consumed >= _lastOffset) _firstRecord = _lastRecord;
        (_lastOffset, _lastRecord, _arrived) = (_arrived, _input.RecordStart, arrived);
    }

    /// <inheritdoc/>
    public long OffsetOf(long lineStart) => lineStart >= _lastOffset ? _lastRecord : _firstRecord;

    /// <inheritdoc/>
    /// <remarks>Not earlier: to a client that has closed its socket it would be answered with a reset.</remarks>
    public async ValueTask FinishAsync()
    {
        if (_isFinished || _connection.Features.Get<ISslStreamFeature>() is not { } tls) return;
        _isFinished = true;
        await tls.SslStream.ShutdownAsync();
    }
}
