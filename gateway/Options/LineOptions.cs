using System.ComponentModel;
using OrleansChat.Hosting.Settings;
using OrleansChat.Protocol.Line;

namespace OrleansChat.Gateway.Options;

/// <summary>How much of the text protocol is taken at once.</summary>
[Section("Lines of the text protocol")]
public sealed class LineOptions
{
    [Description("The length of a line in bytes, without its end.")]
    [Argument("--max-line-bytes")]
    [Bounds(1024, LineReader.MaxLineLength, Reason = "the protocol promises no more")]
    public int MaxBytes { get; set; } = LineReader.MaxLineLength;

    // One call to a grain holds no more.
    [Description("Pipelined sends of a connection that are under way at once; further lines wait.")]
    [Bounds(1, 64)]
    public int MaxPipelinedSends { get; set; } = 64;
}
