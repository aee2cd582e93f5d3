using System.Globalization;
using System.Text;
using OrleansChat.Client.Wire;
using OrleansChat.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrleansChat.Client.Output;

/// <summary>
/// An inbox as a table. Its messages were received and the server does not deliver them again, so nothing may be lost: texts are cut
/// into rows here, to fit the columns, and the library never has to shorten a cell.
/// </summary>
internal static class InboxTable
{
    // The minimum width of a text: with fewer columns there is no table.
    private const int LeastColumns = 20;

    // The borders, and a blank on either side of a cell.
    private const int FrameColumns = 7;

    /// <summary>The table; null if the terminal is too narrow for one.</summary>
    public static Table? For(IReadOnlyList<InboxMessage> messages, int width)
    {
        var senders = messages.Select(message => SafeText.ForTerminal($"{message.From} ({message.Sender})")).ToList();
        var columns = width - FrameColumns - senders.Max(Columns);
        if (columns < LeastColumns)
            return null;

        var table = new Table().Border(TableBorder.Rounded)
            .AddColumn(new TableColumn("From").NoWrap()).AddColumn(new TableColumn("Message").NoWrap());
        foreach (var (sender, message) in senders.Zip(messages))
            table.AddRow(new Text(sender), new Text(string.Join('\n', Rows(SafeText.ForTerminal(message.Text.Trim()), columns))));
        return table;
    }

    /// <summary>Cuts a text into rows, after a space where there is one, and loses nothing of it.</summary>
    internal static IEnumerable<string> Rows(string text, int columns)
    {
        var row = new StringBuilder();
        var (used, afterSpace) = (0, 0);
        foreach (var part in Parts(text, columns))
        {
            var more = Columns(part);
            while (used + more > columns)
            {
                var cut = afterSpace > 0 ? afterSpace : row.Length;
                yield return row.ToString(0, cut);
                row.Remove(0, cut);
                (used, afterSpace) = (Columns(row.ToString()), 0);
            }
            row.Append(part);
            used += more;
            if (part == " ")
                afterSpace = row.Length;
        }
        yield return row.ToString();
    }

    // Characters as people count them (graphemes); one that is wider than a row is cut into its parts.
    private static IEnumerable<string> Parts(string text, int columns)
    {
        for (var elements = StringInfo.GetTextElementEnumerator(text); elements.MoveNext();)
        {
            var element = elements.GetTextElement();
            if (Columns(element) <= columns)
                yield return element;
            else
                foreach (var rune in element.EnumerateRunes())
                    yield return rune.ToString();
        }
    }

    private static int Columns(string text) => new Segment(text).CellCount();
}
