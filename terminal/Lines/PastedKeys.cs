using System.Text;

namespace OrleansChat.Terminal.Lines;

/// <summary>
/// Separates pasted text from typed keys: in bracketed paste mode (<see cref="On"/>) a terminal puts ESC [200~ before a pasted text
/// and ESC [201~ after it.
/// </summary>
internal sealed class PastedKeys(IKeys keys)
{
    /// <summary>Turn bracketed paste mode on and off. A terminal that does not know the mode ignores both.</summary>
    public const string On = "\e[?2004h", Off = "\e[?2004l";

    private const string Start = "\e[200~", End = "\e[201~";

    private readonly Queue<ConsoleKeyInfo> _typed = new();

    /// <summary>Whether a key is available without waiting.</summary>
    public bool Available => _typed.Count > 0 || keys.Available;

    /// <summary>Waits for a key, or for the whole of a pasted text.</summary>
    public (ConsoleKeyInfo Key, string? Pasted) Read()
    {
        if (_typed.TryDequeue(out var typed))
            return (typed, null);
        var first = keys.Read();
        if (first.KeyChar != Start[0])
            return (first, null);

        // Escape itself means nothing; the keys after it do, unless they complete the mark.
        for (var matched = 1; matched < Start.Length;)
        {
            var next = keys.Read();
            if (next.KeyChar == Start[0])
            {
                matched = 1;
                continue;
            }
            _typed.Enqueue(next);
            if (next.KeyChar != Start[matched++])
                return Read();
        }
        _typed.Clear();
        return (default, ReadPaste());
    }

    // Keys without a character, such as arrows, do not belong to a text.
    private string ReadPaste()
    {
        var text = new StringBuilder();
        for (var unit = '\0'; unit != End[^1] || !EndsWith(text, End);)
        {
            unit = keys.Read().KeyChar;
            if (unit != '\0')
                text.Append(unit);
        }
        return text.ToString(0, text.Length - End.Length);
    }

    private static bool EndsWith(StringBuilder text, string end) =>
        text.Length >= end.Length && text.ToString(text.Length - end.Length, end.Length) == end;
}
