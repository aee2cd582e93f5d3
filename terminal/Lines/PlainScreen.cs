using Spectre.Console.Rendering;

namespace OrleansChat.Terminal.Lines;

/// <summary>
/// For a terminal without escape sequences: typed text is written, text deleted at the end is overwritten with blanks, and after any
/// other change the whole line is written again on the next row.
/// </summary>
internal sealed class PlainScreen(TextWriter output) : ILineScreen
{
    private string _shown = "";

    public void Start(string prompt)
    {
        output.Write(prompt);
        output.Flush();
        _shown = "";
    }

    public void Draw(string prompt, string text, int cursor)
    {
        if (text.StartsWith(_shown, StringComparison.Ordinal))
        {
            output.Write(text[_shown.Length..]);
        }
        else if (_shown.StartsWith(text, StringComparison.Ordinal))
        {
            for (var columns = new Segment(_shown[text.Length..]).CellCount(); columns > 0; columns--)
                output.Write("\b \b");
        }
        else
        {
            output.WriteLine();
            output.Write(prompt + text);
        }
        output.Flush();
        _shown = text;
    }

    public void Clear()
    {
    }

    public void Finish(string prompt, string text)
    {
        Draw(prompt, text, text.Length);
        output.WriteLine();
        output.Flush();
    }
}
