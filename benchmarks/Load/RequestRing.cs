using System.Buffers.Text;
using System.Text;

namespace OrleansChat.Bench.Load;

/// <summary>
/// The requests of one connection, formatted once, all of one length, sent in turn, endlessly or once. As many consecutive ones as
/// the pipeline is deep form one slice, so that sending copies nothing. Where requests must not be repeated, each gets a number of its own.
/// </summary>
internal sealed class RequestRing
{
    /// <summary>Stands in each request where its number goes, at the same place in all of them.</summary>
    public const string Number = "################";

    private const string Text = "See you at the usual place at eight.";

    private readonly byte[] _bytes;
    private readonly int _length;
    private readonly int _count;
    private readonly int _depth;
    private readonly bool _isEndless;
    private readonly int _numberAt;
    private int _next;
    private long _number;

    /// <param name="requests">Requests with their ends, of equal length.</param>
    /// <param name="depth">How many requests are sent at once.</param>
    /// <param name="isEndless">Whether the first follows the last; otherwise their number must be a multiple of the depth.</param>
    public RequestRing(IReadOnlyList<string> requests, int depth, bool isEndless = true)
    {
        _isEndless = isEndless;
        _numberAt = requests[0].IndexOf(Number, StringComparison.Ordinal);
        (_length, _count, _depth) = (Encoding.UTF8.GetByteCount(requests[0]), requests.Count, depth);
        _bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, _count + depth - 1).Select(index => requests[index % _count])));
    }

    /// <summary>The next requests, as many as the pipeline is deep; empty when all were sent.</summary>
    public ReadOnlySpan<byte> Next()
    {
        if (!_isEndless && _next >= _count) return default;
        var slice = _bytes.AsSpan(_next * _length, _depth * _length);
        for (var i = 0; _numberAt >= 0 && i < _depth; i++)
            Utf8Formatter.TryFormat(_number++, slice.Slice(i * _length + _numberAt, Number.Length), out _, new('D', (byte)Number.Length));
        _next = _isEndless ? (_next + _depth) % _count : _next + _depth;
        return slice;
    }

    /// <summary>Sends of one session to each of the recipients in turn.</summary>
    /// <param name="token">The session's token.</param>
    /// <param name="recipients">User names of equal length.</param>
    /// <param name="first">The index of the first recipient, so that connections do not march in step.</param>
    /// <param name="depth">How many requests are sent at once.</param>
    public static RequestRing OfSends(string token, IReadOnlyList<string> recipients, int first, int depth) =>
        Of(recipients, first, depth, recipient => $"send {token} {recipient} {Text}\r\n");

    /// <summary>The same sends, each under an ID of its own.</summary>
    public static RequestRing OfSendOnce(string token, IReadOnlyList<string> recipients, int first) =>
        Of(recipients, first, depth: 1, recipient => $"sendonce {token} {Number} {recipient} {Text}\r\n");

    /// <summary>The same sends over HTTP.</summary>
    /// <param name="token">The session's token.</param>
    /// <param name="recipients">User names of equal length.</param>
    /// <param name="first">The index of the first recipient.</param>
    /// <param name="hasKey">Whether each has an Idempotency-Key of its own.</param>
    public static RequestRing OfPosts(string token, IReadOnlyList<string> recipients, int first, bool hasKey) =>
        Of(recipients, first, depth: 1, recipient =>
        {
            var body = $"{{\"to\":\"@{recipient}\",\"text\":\"{Text}\"}}";
            return "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nUser-Agent: orleanschat-bench\r\nAccept: application/json\r\n"
                + $"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n"
                + (hasKey ? $"Idempotency-Key: \"{Number}\"\r\n" : "") + $"\r\n{body}";
        });

    private static RequestRing Of(IReadOnlyList<string> recipients, int first, int depth, Func<string, string> request)
    {
        var turn = Enumerable.Range(first, recipients.Count).Select(index => recipients[index % recipients.Count]);
        return new RequestRing([.. turn.Select(request)], depth);
    }
}
