using OrleansChat.Terminal;
using Spectre.Console.Rendering;

namespace OrleansChat.Client.Terminal;

/// <summary>
/// Where people type and read; tests replace it by a script. Written lines are made harmless first (<see cref="SafeText"/>).
/// Writing throws <see cref="IOException"/> when nobody reads any more. Reading throws <see cref="OperationCanceledException"/> on
/// Ctrl-C, and <see cref="OrleansChat.Terminal.Input.NotTextException"/> for input that cannot be decoded.
/// </summary>
internal interface ITerminal
{
    /// <summary>Whether a person is at both ends; false if the input or the output is a file or a pipe.</summary>
    bool IsInteractive { get; }

    /// <summary>The width of the terminal in columns.</summary>
    int Width { get; }

    /// <summary>Shows the prompt and reads a line; null at the end of the input.</summary>
    string? ReadLine(string prompt);

    /// <summary>Adds a line to the history of the arrow keys.</summary>
    void Remember(string line);

    /// <summary>
    /// Reads a line that is neither shown nor remembered; without a keyboard, the next line of the input. Null at the end of the input.
    /// </summary>
    string? ReadSecret(string prompt);

    /// <summary>Reads the rest of the input.</summary>
    string ReadToEnd();

    void WriteLine(string line);

    void WriteError(string line);

    /// <summary>Draws on the standard output; the cells must be harmless already.</summary>
    void Write(IRenderable drawing);

    /// <summary>Until the scope is disposed, Ctrl-C cancels its token instead of ending the program.</summary>
    IInterruptScope CatchInterrupt();
}

internal interface IInterruptScope : IDisposable
{
    CancellationToken Token { get; }
}
