using System.Buffers;

namespace OrleansChat.Verification.Fuzzing;

/// <summary>An output that provides the least memory that it may: this many bytes, or more if asked for more.</summary>
internal sealed class ScatteredWriter(int spanLength) : IBufferWriter<byte>
{
    private readonly ArrayBufferWriter<byte> _written = new();

    /// <summary>Everything that was written.</summary>
    public ReadOnlyMemory<byte> Written => _written.WrittenMemory;

    public void Advance(int count) => _written.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var length = Math.Max(spanLength, sizeHint);
        return _written.GetMemory(length)[..length];
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
