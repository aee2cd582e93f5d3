using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace OrleansChat.Gateway.Transport.Tls;

/// <summary>
/// Exposes the encrypted input of a TLS client one record at a time, so that the start of the record that brought a decrypted byte is
/// known. Record headers are not encrypted (RFC 8446, 5.1).
/// </summary>
internal sealed class TlsRecordReader(PipeReader input) : PipeReader
{
    private const int HeaderLength = 5, LengthOffset = 3;

    private ReadOnlySequence<byte> _exposed;
    private long _consumed;
    private long _recordEnd;

    /// <summary>Where the record that was read last began, in bytes since the connection was opened.</summary>
    public long RecordStart { get; private set; }

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            if (TryExpose(ref result)) return result;
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (!input.TryRead(out result)) return false;
        if (TryExpose(ref result)) return true;
        input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        return false;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _consumed += _exposed.Slice(0, consumed).Length;
        _exposed = default;
        input.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => input.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => input.Complete(exception);

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => input.CompleteAsync(exception);

    /// <summary>Cuts what was read after the end of the record; false while that end is unknown.</summary>
    private bool TryExpose(ref ReadResult result)
    {
        var buffer = result.Buffer;
        if (_consumed == _recordEnd && buffer.Length > 0)
        {
            if (buffer.Length >= HeaderLength) Begin(buffer.Slice(0, HeaderLength));
            else if (!result.IsCompleted && !result.IsCanceled) return false;
        }
        _exposed = _recordEnd > _consumed ? buffer.Slice(0, Math.Min(buffer.Length, _recordEnd - _consumed))
            : result.IsCanceled ? buffer.Slice(0, 0)
            : buffer;
        result = new ReadResult(_exposed, result.IsCanceled, result.IsCompleted && _exposed.Length == buffer.Length);
        return true;
    }

    private void Begin(in ReadOnlySequence<byte> header)
    {
        Span<byte> bytes = stackalloc byte[HeaderLength];
        header.CopyTo(bytes);
        RecordStart = _consumed;
        _recordEnd = _consumed + HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthOffset..]);
    }
}
