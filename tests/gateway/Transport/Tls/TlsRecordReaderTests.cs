using System.Buffers;
using System.IO.Pipelines;
using OrleansChat.Gateway.Transport.Tls;

namespace OrleansChat.Gateway.Tests.Transport.Tls;

/// <summary>Whatever pieces the network makes of them, records are read one at a time, and it is known where each began.</summary>
public sealed class TlsRecordReaderTests
{
    private static readonly int[] Lengths = [0, 1, 4, 300, 16_384];

    private static readonly byte[] Stream = [.. Lengths.SelectMany((length, index) =>
        (byte[])[23, 3, 3, (byte)(length >> 8), (byte)length, .. Enumerable.Repeat((byte)index, length)])];

    /// <summary>In pieces of one size, written ahead of the reader or as it asks for them.</summary>
    [Theory]
    [CombinatorialPieces]
    public async Task Each_record_comes_alone_with_its_start(int piece, bool isAhead)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var reader = new TlsRecordReader(pipe.Reader);
        if (isAhead) await WriteAsync(pipe.Writer, piece);
        var writing = isAhead ? Task.CompletedTask : WriteAsync(pipe.Writer, piece);

        var read = new List<byte>();
        var starts = new SortedSet<long>();
        while (await reader.ReadAsync() is { Buffer: var buffer } result)
        {
            if (buffer.IsEmpty && result.IsCompleted) break;
            if (!buffer.IsEmpty)
            {
                starts.Add(reader.RecordStart);
                // Nothing of a record behind the one that is under way.
                Assert.InRange(read.Count + buffer.Length, reader.RecordStart + 1, EndOf(reader.RecordStart));
            }
            // Half of it now, the rest with the next read, as a reader with a small buffer does.
            var taken = buffer.GetPosition((buffer.Length + 1) / 2);
            read.AddRange(buffer.Slice(0, taken).ToArray());
            reader.AdvanceTo(taken);
        }

        await writing;
        Assert.Equal(Stream, read);
        Assert.Equal(Starts(), starts);
    }

    [Fact]
    public async Task A_stream_that_ends_within_a_header_is_read_to_its_end()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[] { 23, 3 });
        await pipe.Writer.CompleteAsync();
        var reader = new TlsRecordReader(pipe.Reader);

        var result = await reader.ReadAsync();

        Assert.Equal(2, result.Buffer.Length);
        Assert.True(result.IsCompleted);
    }

    [Fact]
    public async Task A_read_that_is_cancelled_within_a_header_takes_nothing()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[] { 23, 3, 3 });
        var reader = new TlsRecordReader(pipe.Reader);
        var reading = reader.ReadAsync().AsTask();
        reader.CancelPendingRead();

        var result = await reading;
        Assert.True(result.IsCanceled);
        reader.AdvanceTo(result.Buffer.End);
        await pipe.Writer.WriteAsync(new byte[] { 0, 1, 42 });

        Assert.Equal([23, 3, 3, 0, 1, 42], (await reader.ReadAsync()).Buffer.ToArray());
    }

    private static IEnumerable<long> Starts()
    {
        long start = 0;
        foreach (var length in Lengths)
        {
            yield return start;
            start += 5 + length;
        }
    }

    private static long EndOf(long start) => Starts().Append(Stream.Length).First(end => end > start);

    private static async Task WriteAsync(PipeWriter writer, int piece)
    {
        foreach (var some in Stream.Chunk(piece)) await writer.WriteAsync(some);
        await writer.CompleteAsync();
    }

    private sealed class CombinatorialPiecesAttribute : Xunit.Sdk.DataAttribute
    {
        public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) =>
            from piece in new[] { 1, 2, 3, 4, 5, 6, 7, 300, 16_389, int.MaxValue }
            from isAhead in new[] { false, true }
            select new object[] { piece, isAhead };
    }
}
