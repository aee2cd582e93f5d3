using System.Buffers;
using System.Text;

namespace OrleansChat.Protocol.Tests;

/// <summary>What a writer writes, which must be ASCII.</summary>
internal static class Written
{
    public static string By(Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> output = new();
        write(output);
        Assert.False(output.WrittenSpan.ContainsAnyExceptInRange((byte)0, (byte)0x7f));
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
