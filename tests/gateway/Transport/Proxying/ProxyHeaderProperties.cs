using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using FsCheck;
using FsCheck.Xunit;
using OrleansChat.Gateway.Transport;
using OrleansChat.Gateway.Transport.Proxying;
using OrleansChat.Verification.Fuzzing;

namespace OrleansChat.Gateway.Tests.Transport.Proxying;

/// <summary>What holds for every header, and for every stream that is none.</summary>
public class ProxyHeaderProperties
{
    [Property(MaxTest = 500)]
    public void Both_versions_say_what_was_put_in_when_they_are_complete_and_not_before(
        Ends ends, bool isLine, NonNull<byte[]> more, NonNull<byte[]> behind)
    {
        var header = isLine ? Headers.Line(ends.Source, ends.Destination) : Headers.Binary(ends.Source, ends.Destination, more.Get);
        for (var i = 0; i < header.Length; i++)
            Assert.Equal(ProxyHeaderStatus.Incomplete, ProxyHeaderParser.Parse(new(header, 0, i), out _));

        byte[] received = [.. header, .. behind.Get];
        // In one piece, in pieces of a byte, and in two that meet anywhere.
        var cuts = Enumerable.Range(0, header.Length).Select(cut => Segments.Of(received, [cut]));
        foreach (var sequence in cuts.Append(Segments.Of(received, [.. Enumerable.Range(1, received.Length - 1)])))
        {
            Assert.Equal(ProxyHeaderStatus.Complete, ProxyHeaderParser.Parse(sequence, out var parsed));
            Assert.Equal(new ProxyHeader(header.Length, ends.Source, ends.Destination), parsed);
        }
    }

    [Property(MaxTest = 500)]
    public void Whatever_comes_a_verdict_stands_and_no_header_is_longer_than_what_arrived(
        Ends ends, bool isLine, PositiveInt place, byte wrong, NonNull<byte[]> garbage)
    {
        var header = isLine ? Headers.Line(ends.Source, ends.Destination) : Headers.Binary(ends.Source, ends.Destination);
        var broken = (byte[])header.Clone();
        broken[place.Get % broken.Length] = wrong;
        byte[] cut = [.. header[..(place.Get % header.Length)], .. garbage.Get];
        foreach (byte[] stream in new[] { garbage.Get, cut, [.. broken, .. garbage.Get] })
        {
            (ProxyHeaderStatus Status, ProxyHeader? Header) before = (ProxyHeaderStatus.Incomplete, null);
            for (var length = 0; length <= stream.Length; length++)
            {
                var now = (Status: ProxyHeaderParser.Parse(new ReadOnlySequence<byte>(stream, 0, length), out var parsed), Header: parsed);
                if (before.Status != ProxyHeaderStatus.Incomplete) Assert.Equal(before, now);
                Assert.Equal(now.Status == ProxyHeaderStatus.Complete, now.Header is not null);
                Assert.InRange(now.Header?.Length ?? 0, 0, length);
                before = now;
            }
        }
    }

    /// <summary>Two addresses of a family.</summary>
    /// <param name="IsIpv6">Which.</param>
    /// <param name="First">What the first is made of.</param>
    /// <param name="Second">What the second is made of.</param>
    /// <param name="FirstPort">The first's port.</param>
    /// <param name="SecondPort">The second's.</param>
    public sealed record Ends(bool IsIpv6, Halves First, Halves Second, ushort FirstPort, ushort SecondPort)
    {
        public IPEndPoint Source => new(Address(First), FirstPort);

        public IPEndPoint Destination => new(Address(Second), SecondPort);

        private IPAddress Address(Halves halves)
        {
            var bytes = new byte[16];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, halves.High);
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), halves.Low);
            return new IPAddress(IsIpv6 ? bytes : bytes[12..]);
        }
    }

    /// <summary>Bits of an address; the lower ones alone for IPv4.</summary>
    public sealed record Halves(ulong High, ulong Low);
}
