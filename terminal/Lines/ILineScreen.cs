namespace OrleansChat.Terminal.Lines;

/// <summary>Shows a line while it is edited, after its prompt.</summary>
internal interface ILineScreen
{
    /// <summary>Shows the prompt at the terminal's cursor.</summary>
    void Start(string prompt);

    /// <summary>Shows the line as it is now, replacing what was shown before.</summary>
    void Draw(string prompt, string text, int cursor);

    /// <summary>Clears the terminal.</summary>
    void Clear();

    /// <summary>Shows the line for the last time and moves the cursor to the start of the next row.</summary>
    void Finish(string prompt, string text);
}
