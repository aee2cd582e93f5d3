using System.Text;

namespace OrleansChat.Bench.Load;

/// <summary>
/// The requests of one connection, formatted once, all of one length, sent in turn, endlessly or once. As many consecutive ones as
/// the pipeline is deep form one slice, so that sending copies nothing.
/// </summary>
internal sealed class RequestRing
{
    private readonly byte[] _bytes;
    private readonly int _length;
    private readonly int _count;
    private readonly int _depth;
    private readonly bool _isEndless;
    private int _next;

    /// <param name="requests">Lines with their ends, of equal length.</param>
    /// <param name="depth">How many requests are sent at once.</param>
    /// <param name="isEndless">Whether the first follows the last; otherwise their number must be a multiple of the depth.</param>
    public RequestRing(IReadOnlyList<string> requests, int depth, bool isEndless = true)
    {
        _isEndless = isEndless;
        (_length, _count, _depth) = (Encoding.UTF8.GetByteCount(requests[0]), requests.Count, depth);
        _bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, _count + depth - 1).Select(index => requests[index % _count])));
    }

    /// <summary>The next requests, as many as the pipeline is deep; empty when all were sent.</summary>
    public ReadOnlySpan<byte> Next()
    {
        if (!_isEndless && _next >= _count) return default;
        var slice = _bytes.AsSpan(_next * _length, _depth * _length);
        _next = _isEndless ? (_next + _depth) % _count : _next + _depth;
        return slice;
    }

    /// <summary>Sends of one session to each of the recipients in turn.</summary>
    /// <param name="token">The session's token.</param>
    /// <param name="recipients">User names of equal length.</param>
    /// <param name="first">The index of the first recipient, so that connections do not march in step.</param>
    /// <param name="depth">How many requests are sent at once.</param>
    public static RequestRing OfSends(string token, IReadOnlyList<string> recipients, int first, int depth)
    {
        var turn = Enumerable.Range(first, recipients.Count).Select(index => recipients[index % recipients.Count]);
        return new RequestRing([.. turn.Select(recipient => $"send {token} {recipient} See you at the usual place at eight.\r\n")], depth);
    }
}
