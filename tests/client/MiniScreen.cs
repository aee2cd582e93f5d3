using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace OrleansChat.Client.Tests;

/// <summary>
/// As much of a terminal as a line editor uses: text with late wrapping at the last column, wide characters, CR, LF, cursor up and
/// right, erase to the end, clear, the mode of bracketed paste. Anything else fails the test.
/// </summary>
internal sealed class MiniScreen(int width) : StringWriter(CultureInfo.InvariantCulture)
{
    private readonly List<string[]> _rows = [new string[width]];
    private int _row;
    private int _column;

    public int Width => width;

    public int Draws { get; private set; }

    public bool TakesMarkedPastes { get; private set; }

    public (int Row, int Column) Cursor => (_row, _column);

    /// <summary>The rows as a person sees them, without the blanks at their ends.</summary>
    public string[] Rows => [.. _rows.Select(row => string.Concat(row.Select(cell => cell ?? " ")).TrimEnd())];

    public override void Flush()
    {
        Draws++;
        var written = ToString();
        GetStringBuilder().Clear();
        for (var i = 0; i < written.Length;)
        {
            if (written[i] == '\e')
            {
                var end = written.AsSpan(i + 2).IndexOfAnyExceptInRange('0', '?') + i + 2;
                Obey(written[(i + 2)..end], written[end]);
                i = end + 1;
                continue;
            }
            var rune = Rune.GetRuneAt(written, i);
            Put(rune);
            i += rune.Utf16SequenceLength;
        }
    }

    private void Obey(string argument, char command)
    {
        switch (command)
        {
            case 'A':
                _row -= int.Parse(argument, CultureInfo.InvariantCulture);
                Assert.True(_row >= 0, "The cursor left the screen.");
                break;
            case 'C':
                _column += int.Parse(argument, CultureInfo.InvariantCulture);
                break;
            case 'J':
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                Array.Clear(_rows[_row], _column, width - _column);
                break;
            case 'h' or 'l' when argument == "?2004":
                TakesMarkedPastes = command == 'h';
                break;
            default:
                Assert.Fail($"Not a sequence of this screen: {argument}{command}");
                break;
        }
    }

    private void Put(Rune rune)
    {
        if (rune.Value == '\r')
        {
            _column = 0;
        }
        else if (rune.Value == '\n')
        {
            NextRow();
        }
        else
        {
            var cells = new Segment(rune.ToString()).CellCount();
            if (_column + cells > width)
            {
                NextRow();
                _column = 0;
            }
            if (cells == 0)
                _rows[_row][_column - 1] += rune.ToString();
            else
                _rows[_row][_column] = rune.ToString();
            if (cells == 2)
                _rows[_row][_column + 1] = "";
            _column += cells;
        }
    }

    private void NextRow()
    {
        if (++_row == _rows.Count)
            _rows.Add(new string[width]);
    }
}
