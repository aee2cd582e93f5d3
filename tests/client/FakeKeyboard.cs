using OrleansChat.Terminal.Lines;

namespace OrleansChat.Client.Tests;

/// <summary>Keys to be pressed, one after another; keys of a paste wait together.</summary>
internal sealed class FakeKeyboard : IKeys
{
    private readonly Queue<(ConsoleKeyInfo Key, bool More)> _keys = new();
    private bool _more;

    public bool Available => _more;

    public FakeKeyboard Type(string text)
    {
        foreach (var unit in text)
            _keys.Enqueue((new ConsoleKeyInfo(unit, 0, false, false, false), false));
        return this;
    }

    public FakeKeyboard Paste(string text)
    {
        for (var i = 0; i < text.Length; i++)
            _keys.Enqueue((new ConsoleKeyInfo(text[i], 0, false, false, false), i < text.Length - 1));
        return this;
    }

    public FakeKeyboard Press(params ConsoleKey[] keys)
    {
        foreach (var key in keys)
            _keys.Enqueue((new ConsoleKeyInfo(key == ConsoleKey.Enter ? '\r' : '\0', key, false, false, false), false));
        return this;
    }

    public FakeKeyboard Ctrl(params ConsoleKey[] keys)
    {
        foreach (var key in keys)
            _keys.Enqueue((new ConsoleKeyInfo('\u0001', key, false, false, control: true), false));
        return this;
    }

    public FakeKeyboard Alt(ConsoleKey key)
    {
        _keys.Enqueue((new ConsoleKeyInfo('x', key, false, alt: true, false), false));
        return this;
    }

    /// <summary>Bytes as a keyboard in Latin-1 hands them over.</summary>
    public FakeKeyboard Bytes(params byte[] bytes) => Type(string.Concat(bytes.Select(unit => (char)unit)));

    /// <summary>A paste as a terminal marks it; line ends come as the Enter key's.</summary>
    public FakeKeyboard MarkedPaste(string text) => Paste($"\e[200~{text}\e[201~");

    public ConsoleKeyInfo Read()
    {
        (var key, _more) = _keys.Dequeue();
        return key;
    }
}
