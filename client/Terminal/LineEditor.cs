namespace OrleansChat.Client.Terminal;

/// <summary>
/// Reads a line from a keyboard with the usual keys: arrows, Home, End, Delete, words by Ctrl or Alt, Ctrl-A E B F P N U K W D.
/// Kept libraries were tried first: the one by the makers of Spectre.Console is bound to an old version of it and remembers every
/// line, passwords included.
/// </summary>
internal sealed class LineEditor(IKeys keys, TextWriter output, Func<int> width)
{
    private const ConsoleModifiers Ctrl = ConsoleModifiers.Control;
    private const ConsoleModifiers Alt = ConsoleModifiers.Alt;

    private readonly LineScreen _screen = new(output, width);

    /// <summary>
    /// Reads a line, hidden or shown; null where Ctrl-D ends the input. Adds nothing to the history.
    /// Throws <see cref="OperationCanceledException"/> on Ctrl-C.
    /// </summary>
    public string? ReadLine(string prompt, LineHistory history, bool hidden = false)
    {
        var line = new LineBuffer();
        history.Rewind();
        _screen.Start(prompt);
        while (true)
        {
            var key = keys.Read();
            var control = key.Modifiers.HasFlag(Ctrl);
            if (control && key.Key == ConsoleKey.C)
            {
                _screen.Finish(prompt, (hidden ? "" : line.Text) + "^C");
                throw new OperationCanceledException();
            }
            if (control && key.Key == ConsoleKey.D && line.Text.Length == 0)
            {
                _screen.Finish(prompt, "");
                return null;
            }
            if (key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n')
            {
                _screen.Finish(prompt, hidden ? "" : line.Text);
                return line.Text;
            }

            if (key.Key == ConsoleKey.L && control)
                output.Write("\e[H\e[2J");
            else
                Edit(line, history, key);
            // A paste is drawn once, and half of a surrogate pair never.
            if (!hidden && !keys.Available && !(line.Cursor > 0 && char.IsHighSurrogate(line.Text[line.Cursor - 1])))
                _screen.Draw(prompt, line.Text, line.Cursor);
        }
    }

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
                line.Insert(key.KeyChar == '\t' ? ' ' : key.KeyChar);
                break;
        }
    }
}
