using System.Globalization;

namespace OrleansChat.Terminal.Lines;

/// <summary>A line being edited. The cursor moves by whole characters as people count them (graphemes).</summary>
internal sealed class LineBuffer
{
    public string Text { get; private set; } = "";

    /// <summary>The cursor's position: the number of UTF-16 units before it.</summary>
    public int Cursor { get; private set; }

    public void Set(string text) => (Text, Cursor) = (text, text.Length);

    public void Insert(string text) => (Text, Cursor) = (Text.Insert(Cursor, text), Cursor + text.Length);

    public void Left() => Cursor = Before(Cursor);

    public void Right() => Cursor += StringInfo.GetNextTextElementLength(Text, Cursor);

    public void Home() => Cursor = 0;

    public void End() => Cursor = Text.Length;

    public void WordLeft() => Cursor = WordBefore();

    public void WordRight()
    {
        while (Cursor < Text.Length && Text[Cursor] == ' ')
            Cursor++;
        while (Cursor < Text.Length && Text[Cursor] != ' ')
            Cursor++;
    }

    public void Backspace() => RemoveFrom(Before(Cursor));

    public void Delete() => Text = Text.Remove(Cursor, StringInfo.GetNextTextElementLength(Text, Cursor));

    public void DeleteWord() => RemoveFrom(WordBefore());

    public void DeleteToStart() => RemoveFrom(0);

    public void DeleteToEnd() => Text = Text[..Cursor];

    private void RemoveFrom(int start) => (Text, Cursor) = (Text.Remove(start, Cursor - start), start);

    private int Before(int position)
    {
        var starts = StringInfo.ParseCombiningCharacters(Text);
        var index = Array.BinarySearch(starts, position);
        index = index < 0 ? ~index : index;
        return index == 0 ? 0 : starts[index - 1];
    }

    private int WordBefore()
    {
        var position = Cursor;
        while (position > 0 && Text[position - 1] == ' ')
            position--;
        while (position > 0 && Text[position - 1] != ' ')
            position--;
        return position;
    }
}
