using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace OrleansChat.Gateway.Transport.Tls;

/// <summary>
/// How far the TCP connection under a TLS connection has got, and which of its bytes belong to which bytes of the chat. TLS adds
/// bytes in both directions, and reads and writes on its own account.
/// </summary>
internal sealed class TlsProgress : ITransportProgress
{
    private readonly ConnectionContext _connection;
    private readonly TcpProgress _tcp;
    private readonly TlsRecordReader _input;
    private readonly CountingPipeWriter _output;

    // Input that is not consumed yet holds no line's end: a line begins where that input begins, or in what came last.
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

    /// <summary>Observes a connection, below the TLS layer that is added next.</summary>
    public static void Observe(ConnectionContext connection) => connection.Features.Set<ITransportProgress>(new TlsProgress(connection));

    /// <inheritdoc/>
    public bool TryRead(out TransportSample sample) => _tcp.TryRead(out sample);

    /// <inheritdoc/>
    public long SentFor(long written) => _output.Written;

    /// <inheritdoc/>
    public bool IsSupported => _tcp.IsSupported;

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
    /// <remarks>Call it only at the end: a client that has closed its socket would answer it with a reset.</remarks>
    public async ValueTask FinishAsync()
    {
        if (_isFinished || _connection.Features.Get<ISslStreamFeature>() is not { } tls) return;
        _isFinished = true;
        await tls.SslStream.ShutdownAsync();
    }
}
