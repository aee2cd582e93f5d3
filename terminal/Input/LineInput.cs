using System.Runtime.InteropServices;
using System.Text;

namespace OrleansChat.Terminal.Input;

/// <summary>
/// Reads text from a file or a pipe, line by line. A line ends with CR LF, LF or CR. A byte order mark at the very start is skipped,
/// and marks the text as UTF-8. A line that cannot be decoded is a <see cref="NotTextException"/>; reading may continue after it.
/// </summary>
/// <param name="bytes">The source.</param>
/// <param name="encoding">The source's encoding, which throws for bytes that cannot be decoded.</param>
/// <param name="name">The source's name in errors.</param>
internal sealed class LineInput(Stream bytes, Encoding encoding, string name)
{
    private static readonly byte[] _mark = [0xEF, 0xBB, 0xBF];

    private readonly byte[] _buffer = new byte[4096];
    private readonly List<byte> _line = [];
    private Encoding _encoding = encoding;
    private int _next;
    private int _end;
    private int _lines;
    private bool _isAfterCr;

    /// <summary>Reads a line, without its end; null at the end of the text.</summary>
    public string? ReadLine() => ReadLine(keepEnd: false);

    /// <summary>Reads the rest of the text, line ends included.</summary>
    public string ReadToEnd()
    {
        var text = new StringBuilder();
        while (ReadLine(keepEnd: true) is { } line)
            text.Append(line);
        return text.ToString();
    }

    private string? ReadLine(bool keepEnd)
    {
        _line.Clear();
        while (ReadByte() is var read && read >= 0)
        {
            // The LF of a CR LF: after a CR the line is complete, without waiting to see whether an LF follows.
            var isRest = read == '\n' && _isAfterCr;
            _isAfterCr = read == '\r';
            if (isRest && !keepEnd)
                continue;
            var isEnd = read == '\n' || (read == '\r' && !keepEnd);
            if (!isEnd || keepEnd)
                _line.Add((byte)read);
            if (isEnd)
                return Decode();
        }
        return _line.Count > 0 ? Decode() : null;
    }

    private string Decode()
    {
        var line = CollectionsMarshal.AsSpan(_line);
        if (_lines++ == 0 && line.StartsWith(_mark))
        {
            line = line[_mark.Length..];
            _encoding = InputEncoding.Utf8;
        }
        try
        {
            return _encoding.GetString(line);
        }
        catch (DecoderFallbackException)
        {
            throw new NotTextException($"{name}: line {_lines}", _encoding);
        }
    }

    private int ReadByte()
    {
        if (_next == _end)
            (_next, _end) = (0, bytes.Read(_buffer));
        return _end == 0 ? -1 : _buffer[_next++];
    }
}
