using OrleansChat.Terminal.Input;

namespace OrleansChat.Terminal.Lines;

/// <summary>
/// Reads a line from a keyboard with the usual keys: arrows, Home, End, Delete, words by Ctrl or Alt, Ctrl-A E B F P N U K W D.
/// An existing library was tried first: the one by the makers of Spectre.Console needs an old version of it and remembers every
/// line, passwords included. A pasted text is never more than one line: its line ends become spaces, and the person presses Enter.
/// </summary>
internal sealed class LineEditor(IKeys keys, ILineScreen screen)
{
    private const ConsoleModifiers Ctrl = ConsoleModifiers.Control;
    private const ConsoleModifiers Alt = ConsoleModifiers.Alt;

    private readonly PastedKeys _keys = new(keys);

    /// <summary>
    /// Reads a line, hidden or shown; null if Ctrl-D ends the input. Does not add the line to the history. Throws
    /// <see cref="OperationCanceledException"/> on Ctrl-C, and <see cref="NotTextException"/> for bytes that are not characters.
    /// </summary>
    public string? ReadLine(string prompt, LineHistory history, bool hidden = false)
    {
        var line = new LineBuffer();
        history.Rewind();
        screen.Start(prompt);
        while (true)
        {
            var (key, pasted) = _keys.Read();
            var control = key.Modifiers.HasFlag(Ctrl);
            if (control && key.Key == ConsoleKey.C)
            {
                screen.Finish(prompt, (hidden ? "" : Visible(line.Text)) + "^C");
                throw new OperationCanceledException();
            }
            if (control && key.Key == ConsoleKey.D && line.Text.Length == 0)
            {
                screen.Finish(prompt, "");
                return null;
            }
            if (key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n')
            {
                var visible = Visible(line.Text);
                screen.Finish(prompt, hidden ? "" : visible);
                return visible == line.Text ? line.Text : throw new NotTextException("What was typed", InputEncoding.Utf8);
            }

            if (pasted is not null)
                line.Insert(OneLine(pasted));
            else if (key.Key == ConsoleKey.L && control)
                screen.Clear();
            else
                Edit(line, history, key);
            // A paste is drawn once, after its last key; half of a surrogate pair is never drawn.
            if (!hidden && !_keys.Available && !(line.Cursor > 0 && char.IsHighSurrogate(line.Text[line.Cursor - 1])))
                screen.Draw(prompt, Visible(line.Text), line.Cursor);
        }
    }

    private static string OneLine(string pasted) => string.Concat(
        pasted.TrimEnd('\r', '\n').Replace("\r\n", "\n", StringComparison.Ordinal)
            .Select(unit => unit is '\r' or '\n' or '\t' ? ' ' : unit).Where(unit => !char.IsControl(unit)));

    // U+FFFD stands for a byte that is not a character: see DecodedKeys.
    private static string Visible(string line) => string.Concat(line.EnumerateRunes());

    private static void Edit(LineBuffer line, LineHistory history, ConsoleKeyInfo key)
    {
        switch (key.Key, key.Modifiers & (Ctrl | Alt))
        {
            case (ConsoleKey.LeftArrow, 0) or (ConsoleKey.B, Ctrl):
                line.Left();
                break;
            case (ConsoleKey.RightArrow, 0) or (ConsoleKey.F, Ctrl):
                line.Right();
                break;
            case (ConsoleKey.LeftArrow, _) or (ConsoleKey.B, Alt):
                line.WordLeft();
                break;
            case (ConsoleKey.RightArrow, _) or (ConsoleKey.F, Alt):
                line.WordRight();
                break;
            case (ConsoleKey.Home, _) or (ConsoleKey.A, Ctrl):
                line.Home();
                break;
            case (ConsoleKey.End, _) or (ConsoleKey.E, Ctrl):
                line.End();
                break;
            case (ConsoleKey.UpArrow, _) or (ConsoleKey.P, Ctrl):
                line.Set(history.Older(line.Text));
                break;
            case (ConsoleKey.DownArrow, _) or (ConsoleKey.N, Ctrl):
                line.Set(history.Newer(line.Text));
                break;
            case (ConsoleKey.W, Ctrl) or (ConsoleKey.Backspace, Alt):
                line.DeleteWord();
                break;
            case (ConsoleKey.Backspace, _):
                line.Backspace();
                break;
            case (ConsoleKey.Delete, _) or (ConsoleKey.D, Ctrl):
                line.Delete();
                break;
            case (ConsoleKey.U, Ctrl):
                line.DeleteToStart();
                break;
            case (ConsoleKey.K, Ctrl):
                line.DeleteToEnd();
                break;
            case (_, 0) when key.KeyChar == '\t' || !char.IsControl(key.KeyChar):
                line.Insert(key.KeyChar == '\t' ? " " : key.KeyChar.ToString());
                break;
        }
    }
}
