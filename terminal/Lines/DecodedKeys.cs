using System.Text;

namespace OrleansChat.Terminal.Lines;

/// <summary>
/// Decodes a keyboard's bytes into characters. An undecodable byte becomes a lone surrogate, U+DC00 plus the byte: it can be shown and
/// deleted like other characters, and a line that holds one is not text.
/// </summary>
/// <param name="bytes">A keyboard whose characters are single bytes, as Latin-1 decodes them.</param>
/// <param name="encoding">The encoding of the bytes, which throws for bytes that cannot be decoded.</param>
internal sealed class DecodedKeys(IKeys bytes, Encoding encoding) : IKeys
{
    private const char Broken = '\uDC00';

    private readonly Decoder _decoder = encoding.GetDecoder();
    private readonly Queue<ConsoleKeyInfo> _ready = new();
    private readonly List<byte> _pending = [];

    public bool Available => _ready.Count > 0 || bytes.Available;

    public ConsoleKeyInfo Read()
    {
        while (_ready.Count == 0)
        {
            var key = bytes.Read();
            var isByte = key.KeyChar is >= '\x80' and <= '\xFF' || (_pending.Count > 0 && key.KeyChar is >= ' ' and < '\x7F');
            if (isByte)
                Decode((byte)key.KeyChar);
            else
                GiveUp(_pending.Count);
            if (!isByte)
                _ready.Enqueue(key);
        }
        return _ready.Dequeue();
    }

    private void Decode(byte read)
    {
        _pending.Add(read);
        Span<char> units = stackalloc char[4];
        try
        {
            var count = _decoder.GetChars([read], units, flush: false);
            foreach (var unit in units[..count])
                _ready.Enqueue(Key(unit));
            if (count > 0)
                _pending.Clear();
        }
        catch (DecoderFallbackException)
        {
            // The last byte may begin another character.
            var again = _pending.Count > 1;
            GiveUp(again ? _pending.Count - 1 : 1);
            _pending.Clear();
            if (again)
                Decode(read);
        }
    }

    private void GiveUp(int count)
    {
        foreach (var lost in _pending.Take(count))
            _ready.Enqueue(Key((char)(Broken + lost)));
        _pending.Clear();
        _decoder.Reset();
    }

    private static ConsoleKeyInfo Key(char unit) => new(unit, 0, false, false, false);
}
