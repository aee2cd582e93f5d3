using OrleansChat.Protocol.Line;

namespace OrleansChat.Verification.Fuzzing;

/// <summary>Counts what the inputs consisted of, which shows that they reach everything. Not thread-safe.</summary>
internal sealed class FuzzCounts
{
    /// <summary>The number of inputs.</summary>
    public long Inputs { get; set; }

    /// <summary>How many inputs were streams of request lines; the others were replies.</summary>
    public long Streams { get; set; }

    /// <summary>The bytes of all streams.</summary>
    public long StreamBytes { get; set; }

    /// <summary>The buffers in which the streams arrived.</summary>
    public long Buffers { get; set; }

    /// <summary>The bytes of all replies.</summary>
    public long ReplyBytes { get; set; }

    /// <summary>Lines that were commands, by <see cref="CommandKind"/>.</summary>
    public long[] Commands { get; } = new long[Enum.GetValues<CommandKind>().Length];

    /// <summary>Lines that were refused, by <see cref="ReplyError"/>.</summary>
    public long[] Refusals { get; } = new long[Enum.GetValues<ReplyError>().Length];

    /// <summary>Replies, by <see cref="ReplyKind"/>.</summary>
    public long[] Replies { get; } = new long[Enum.GetValues<ReplyKind>().Length];

    /// <summary>Adds the counts of another thread.</summary>
    public void Add(FuzzCounts other)
    {
        Inputs += other.Inputs;
        Streams += other.Streams;
        StreamBytes += other.StreamBytes;
        Buffers += other.Buffers;
        ReplyBytes += other.ReplyBytes;
        foreach (var (to, from) in new[] { (Commands, other.Commands), (Refusals, other.Refusals), (Replies, other.Replies) })
        {
            for (var i = 0; i < to.Length; i++) to[i] += from[i];
        }
    }
}
