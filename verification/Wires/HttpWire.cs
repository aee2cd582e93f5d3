using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansChat.Verification.Wires;

/// <summary>
/// One connection of HTTP/1.1, which stays open, for one request at a time. It knows no more of HTTP than the service's answers need: a
/// client library could repeat requests, or pass over what is wrong with an answer.
/// </summary>
internal sealed class HttpWire(Socket socket)
{
    private const int InitialBuffer = 4096, MostHeaderBytes = 16 << 10, MostBodyBytes = 8 << 20;

    private static ReadOnlySpan<byte> EndOfLine => "\r\n"u8;

    private byte[] _buffer = new byte[InitialBuffer];
    private int _start, _end;

    /// <summary>Connects; throws if nobody listens there at the moment.</summary>
    /// <exception cref="WireBrokenException">There is no connection.</exception>
    public static async Task<HttpWire> ConnectAsync(EndPoint gateway)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(gateway);
            return new HttpWire(socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new WireBrokenException($"no connection: {exception.SocketErrorCode}", exception);
        }
    }

    /// <summary>Sends a request and reads the answer.</summary>
    /// <param name="head">The request line and the headers, without those of the body.</param>
    /// <param name="body">The body, which is JSON; null for none.</param>
    /// <exception cref="WireBrokenException">The connection broke before the answer was complete; the request may have arrived.</exception>
    /// <exception cref="AnswerFormException">What came is not an answer of HTTP/1.1.</exception>
    public async Task<HttpAnswer> AskAsync(string head, byte[]? body)
    {
        var length = body is null ? "" : string.Create(
            CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n");
        ReadOnlyMemory<byte> bytes = (byte[])[.. Encoding.ASCII.GetBytes($"{head}{length}\r\n"), .. body ?? []];
        try
        {
            while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes)..];
            var answer = await ReadAnswerAsync();
            if (_start != _end) throw new AnswerFormException("more came than the answer");
            if (answer.Closes) Reset();
            return answer;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Reset();
            throw new WireBrokenException("the connection broke", exception);
        }
    }

    /// <summary>Closes the connection at once: an answer that is on its way is lost.</summary>
    public void Reset() => socket.Close(timeout: 0);

    private async Task<HttpAnswer> ReadAnswerAsync()
    {
        var statusLine = await ReadLineAsync();
        if (!statusLine.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || statusLine.Length < 12
            || !int.TryParse(statusLine.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status < 200)
            throw new AnswerFormException($"'{statusLine}' is not a status line");
        var headers = new Dictionary<string, string>();
        for (var (line, bytes) = (await ReadLineAsync(), 0); line.Length > 0; line = await ReadLineAsync())
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || (bytes += line.Length) > MostHeaderBytes) throw new AnswerFormException("its headers are not valid");
            if (!headers.TryAdd(line[..colon].ToLowerInvariant(), line[(colon + 1)..].Trim(' ')))
                throw new AnswerFormException($"its header {line[..colon]} comes twice");
        }
        return new HttpAnswer(status, headers, await ReadBodyAsync(status, headers));
    }

    private async Task<byte[]> ReadBodyAsync(int status, Dictionary<string, string> headers)
    {
        var (length, coding) = (headers.GetValueOrDefault("content-length"), headers.GetValueOrDefault("transfer-encoding"));
        if (status is (int)HttpStatusCode.NoContent or (int)HttpStatusCode.NotModified)
            return length is null or "0" && coding is null ? [] : throw new AnswerFormException($"a {status} has a body");
        if (coding is not null)
            return coding == "chunked" && length is null ? await ReadChunksAsync() : throw new AnswerFormException($"its body is {coding}");
        return int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MostBodyBytes
            ? await ReadBytesAsync(count)
            : throw new AnswerFormException("the length of its body is not known");
    }

    private async Task<byte[]> ReadChunksAsync()
    {
        var body = new List<byte>();
        while (true)
        {
            if (!int.TryParse(await ReadLineAsync(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var count)
                || count < 0 || body.Count + (long)count > MostBodyBytes) throw new AnswerFormException("a chunk has no valid length");
            body.AddRange(await ReadBytesAsync(count));
            if ((await ReadLineAsync()).Length > 0) throw new AnswerFormException("a chunk is longer than it says");
            if (count == 0) return [.. body];
        }
    }

    private async Task<string> ReadLineAsync()
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf(EndOfLine)) < 0)
        {
            if (_end - _start > MostHeaderBytes) throw new AnswerFormException("a line has no end");
            await FillAsync();
        }
        var line = Encoding.ASCII.GetString(_buffer, _start, length);
        _start += length + EndOfLine.Length;
        return line;
    }

    private async Task<byte[]> ReadBytesAsync(int count)
    {
        while (_end - _start < count) await FillAsync();
        var bytes = _buffer[_start..(_start + count)];
        _start += count;
        return bytes;
    }

    private async Task FillAsync()
    {
        if (_start == _end) _start = _end = 0;
        if (_end == _buffer.Length)
        {
            var target = _start > _buffer.Length / 2 ? _buffer : new byte[_buffer.Length * 2];
            _buffer.AsSpan(_start, _end - _start).CopyTo(target);
            (_buffer, _end, _start) = (target, _end - _start, 0);
        }
        var received = await socket.ReceiveAsync(_buffer.AsMemory(_end));
        if (received == 0)
        {
            Reset();
            throw new WireBrokenException("the connection ended before an answer was complete");
        }
        _end += received;
    }
}
