using System.Buffers;

namespace OrleansChat.Verification.Fuzzing;

/// <summary>An output that hands out no more memory than it must: so many bytes, or what it is asked for.</summary>
internal sealed class ScatteredWriter(int spanLength) : IBufferWriter<byte>
{
    private readonly ArrayBufferWriter<byte> _written = new();

    /// <summary>All that was written.</summary>
    public ReadOnlyMemory<byte> Written => _written.WrittenMemory;

    /// <inheritdoc/>
    public void Advance(int count) => _written.Advance(count);

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var length = Math.Max(spanLength, sizeHint);
        return _written.GetMemory(length)[..length];
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
