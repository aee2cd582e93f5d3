using System.Buffers.Binary;
using OrleansChat.Gateway.Transport;

namespace OrleansChat.Gateway.Tests.Transport;

/// <summary>What a kernel tells of a connection, and kernels that tell less.</summary>
public sealed class TcpInfoTests
{
    private const int Established = 1, CloseWait = 8;

    [Fact]
    public void Linux_supplies_all_fields_and_other_systems_none() => Assert.Equal(OperatingSystem.IsLinux(), TcpInfo.IsSupported);

    [Fact]
    public void The_fields_are_where_Linux_has_them()
    {
        var info = Info(Established, acknowledged: 5, received: 7, queued: 11, sent: 30, repeated: 13);
        Assert.True(TcpInfo.TryParse(info, out var sample));
        Assert.Equal(new TransportSample(EndedByClient: false, Acknowledged: 5, Taken: 28, Received: 7, IsOpen: true), sample);

        Assert.True(TcpInfo.TryParse(Info(CloseWait, 0, 0, 0, 0, 0), out sample));
        Assert.True(sample.EndedByClient);
        Assert.False(sample.IsOpen);
    }

    [Fact]
    public void A_kernel_that_knows_fewer_fields_tells_nothing() => Assert.False(TcpInfo.TryParse(new byte[192], out _));

    [Theory]
    [InlineData(1, 2, 1, true)]
    [InlineData(2, 2, 1, true)]
    // A sandbox that does not count, one of them or all.
    [InlineData(0, 0, 0, false)]
    [InlineData(0, 2, 1, false)]
    [InlineData(1, 0, 1, false)]
    [InlineData(1, 2, 0, false)]
    public void Counters_that_stand_still_are_noticed(int acknowledged, int received, int sent, bool isRight)
    {
        Assert.True(TcpInfo.TryParse(Info(Established, acknowledged, received, queued: 0, sent, repeated: 0), out var sample));
        Assert.Equal(isRight, TcpInfo.IsRight(sample, sent: 1, received: 2));
    }

    private static byte[] Info(byte state, long acknowledged, long received, uint queued, long sent, long repeated)
    {
        var info = new byte[TcpInfo.Length];
        info[0] = state;
        foreach (var (offset, value) in new[] { (120, acknowledged), (128, received), (200, sent), (208, repeated) })
            BinaryPrimitives.WriteInt64LittleEndian(info.AsSpan(offset), value);
        BinaryPrimitives.WriteUInt32LittleEndian(info.AsSpan(144), queued);
        return info;
    }
}
