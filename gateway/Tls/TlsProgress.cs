using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace OrleansChat.Gateway.Tls;

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

    // From which offset of the decrypted bytes on they came in which record, of those that may begin a line yet.
    private readonly Queue<(long Offset, long RecordStart)> _records = [];
    private long _arrived;

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
    public void Arrived(long consumed, long arrived)
    {
        if (arrived > _arrived) _records.Enqueue((_arrived, _input.RecordStart));
        _arrived = arrived;
        while (_records.Count > 1 && _records.ElementAt(1).Offset <= consumed) _records.Dequeue();
    }

    /// <inheritdoc/>
    public long OffsetOf(long lineStart) => _records.Where(record => record.Offset <= lineStart).Select(record => record.RecordStart).LastOrDefault();

    /// <inheritdoc/>
    /// <remarks>Not earlier: to a client that has closed its socket it would be answered with a reset.</remarks>
    public async ValueTask FinishAsync()
    {
        if (_connection.Features.Get<ISslStreamFeature>() is { } tls) await tls.SslStream.ShutdownAsync();
    }
}
