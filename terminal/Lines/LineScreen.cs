using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace OrleansChat.Terminal.Lines;

/// <summary>
/// Draws the line being edited, over as many rows as it needs, and redraws it in place after each change. The width is the terminal's
/// current number of columns.
/// </summary>
internal sealed class LineScreen(TextWriter output, Func<int> width) : ILineScreen
{
    private int _cursorRow;

    private int Columns => Math.Max(2, width());

    public void Start(string prompt)
    {
        _cursorRow = 0;
        output.Write(PastedKeys.On);
        Draw(prompt, "", 0);
    }

    public void Clear() => output.Write("\e[H\e[2J");

    public void Draw(string prompt, string text, int cursor)
    {
        var at = Locate(prompt + text[..cursor], Columns);
        var end = Locate(prompt + text, Columns);

        var drawing = new StringBuilder();
        Move(drawing, 'A', _cursorRow);
        drawing.Append("\r\e[J").Append(prompt).Append(text);
        // A terminal that has just filled a row wraps only when the next character arrives.
        if (end is { Row: > 0, Column: 0 })
            drawing.Append("\r\n");
        Move(drawing, 'A', end.Row - at.Row);
        drawing.Append('\r');
        Move(drawing, 'C', at.Column);
        output.Write(drawing);
        output.Flush();
        _cursorRow = at.Row;
    }

    public void Finish(string prompt, string text)
    {
        Draw(prompt, text, text.Length);
        output.Write(PastedKeys.Off);
        // After a full row the cursor is on the next one already.
        if (Locate(prompt + text, Columns) is not { Row: > 0, Column: 0 })
            output.WriteLine();
        output.Flush();
    }

    private static void Move(StringBuilder drawing, char direction, int by)
    {
        if (by > 0)
            drawing.Append(CultureInfo.InvariantCulture, $"\e[{by}{direction}");
    }

    // A wide character that does not fit moves to the next row as a whole.
    private static (int Row, int Column) Locate(string text, int columns)
    {
        var (row, column) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var cells = rune.IsAscii ? 1 : new Segment(rune.ToString()).CellCount();
            if (column + cells > columns)
                (row, column) = (row + 1, 0);
            column += cells;
        }
        return column == columns ? (row + 1, 0) : (row, column);
    }
}
