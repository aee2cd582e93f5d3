using OrleansChat.Verification.Fuzzing;

namespace OrleansChat.Protocol.Tests;

/// <summary>Streams through the reader and the parser.</summary>
internal static class Streams
{
    /// <summary>What the stream holds is found as the oracles say, and when.</summary>
    public static void AssertRead(StreamInput stream)
    {
        if (stream.Check(new ProtocolSubject(), new()) is { } difference)
            Assert.Fail($"{difference}\n{stream}");
    }
}
