namespace OrleansChat.Terminal.Lines;

/// <summary>Shows a line while it is edited, behind its prompt.</summary>
internal interface ILineScreen
{
    /// <summary>Shows the prompt, where the terminal's cursor stands.</summary>
    void Start(string prompt);

    /// <summary>Shows the line as it is now, in place of what was shown before.</summary>
    void Draw(string prompt, string text, int cursor);

    /// <summary>Empties the terminal.</summary>
    void Clear();

    /// <summary>Shows the line the last time and leaves the cursor at the start of the row behind.</summary>
    void Finish(string prompt, string text);
}
