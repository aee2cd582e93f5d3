namespace OrleansChat.Bench.Abuse;

/// <summary>By what an attacker counts the replies of a door, which it does not read otherwise.</summary>
/// <param name="Mark">What each reply has.</param>
/// <param name="PerReply">How often each reply has it.</param>
/// <param name="Refusals">What a refusal has once, one of them.</param>
internal sealed record ReplyMarks(byte[] Mark, int PerReply, byte[][] Refusals)
{
    /// <summary>The text protocol: each reply ends with two line ends, and has no others.</summary>
    public static ReplyMarks Text { get; } = new("\n"u8.ToArray(), PerReply: 2, ["\"status\": \"ERROR\""u8.ToArray()]);

    /// <summary>HTTP: each answer has a status line.</summary>
    public static ReplyMarks Web { get; } = new(
        "HTTP/1.1 "u8.ToArray(), PerReply: 1, ["HTTP/1.1 4"u8.ToArray(), "HTTP/1.1 5"u8.ToArray()]);

    /// <summary>How much of what has arrived must be kept, because a mark may be split across two reads.</summary>
    public int Kept => Math.Max(Mark.Length, Refusals.Max(refusal => refusal.Length)) - 1;

    /// <summary>How many marks, and how many refusals, the new bytes complete.</summary>
    /// <param name="arrived">What was kept of earlier bytes, and then the new ones.</param>
    /// <param name="kept">How many bytes were kept.</param>
    public (int Marks, int Refusals) CountNew(ReadOnlySpan<byte> arrived, int kept)
    {
        var refusals = 0;
        foreach (var refusal in Refusals) refusals += CountNew(arrived, kept, refusal);
        return (CountNew(arrived, kept, Mark), refusals);
    }

    private static int CountNew(ReadOnlySpan<byte> arrived, int kept, ReadOnlySpan<byte> mark) =>
        arrived[Math.Max(0, kept - mark.Length + 1)..].Count(mark);
}
