using System.Text;
using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Tests;

/// <summary>Replies cut into pieces by the network.</summary>
public sealed class ReplyReaderTests
{
    [Fact]
    public async Task A_reply_may_be_cut_at_every_byte()
    {
        var bytes = Encoding.UTF8.GetBytes(ClientRun.OneMessage + "\r\n\r\n");
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var reply = await ReplyReader.ReadAsync(new Pieces(bytes, cut, bytes.Length - cut), CancellationToken.None);
            Assert.Equal(ClientRun.OneMessage, reply.Json);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65_536)]
    public async Task A_large_inbox_arrives_whole_in_pieces_of_any_size(int size)
    {
        var messages = string.Join(", ", Enumerable.Range(0, 20_000).Select(n =>
            $$"""{"msg_from": "Lionel Messi", "msg_to": "Jordan Henderson", "msg": " pesan nomor {{n}} \r\n"}"""));
        var bytes = Encoding.UTF8.GetBytes("""{"status": "OK", "messages": {"messi": [""" + messages + "]}}\r\n\r\n");
        Assert.True(bytes.Length > 1_500_000);

        var reply = await ReplyReader.ReadAsync(new Pieces(bytes, size), CancellationToken.None);

        Assert.Equal(20_000, reply.Messages.Count);
        Assert.Equal(" pesan nomor 19999 \r\n", reply.Messages[^1].Text);
    }

    [Fact]
    public async Task A_reply_without_end_is_given_up_at_the_limit()
    {
        var bytes = new byte[ReplyReader.MaxBytes + 1];
        await Assert.ThrowsAsync<ConnectionBrokenException>(
            () => ReplyReader.ReadAsync(new Pieces(bytes, 65_536), CancellationToken.None));
    }

    /// <summary>A stream that yields pieces of the given sizes, the last size again and again.</summary>
    private sealed class Pieces(byte[] bytes, params int[] sizes) : MemoryStream(bytes)
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var size = sizes[Math.Min(_next++, sizes.Length - 1)];
            return base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
        }
    }
}
