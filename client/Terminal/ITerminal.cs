using OrleansChat.Terminal;
using Spectre.Console.Rendering;

namespace OrleansChat.Client.Terminal;

/// <summary>
/// Where people type and read; tests put a script in its place. Lines written are made harmless first (<see cref="SafeText"/>).
/// Writing throws <see cref="IOException"/> when nobody reads any more. Reading throws <see cref="OperationCanceledException"/> on Ctrl-C,
/// and <see cref="OrleansChat.Terminal.Input.NotTextException"/> for what cannot be decoded.
/// </summary>
internal interface ITerminal
{
    /// <summary>Whether a person sits at both ends; else the input is a file or a pipe, or the output is.</summary>
    bool IsInteractive { get; }

    /// <summary>How many columns there are.</summary>
    int Width { get; }

    /// <summary>Shows the prompt and reads a line; null at the end of the input.</summary>
    string? ReadLine(string prompt);

    /// <summary>Puts a line among those that the arrow keys bring back.</summary>
    void Remember(string line);

    /// <summary>
    /// Reads a line that is neither shown nor remembered; without a keyboard, the next line of the input. Null at its end.
    /// </summary>
    string? ReadSecret(string prompt);

    /// <summary>Everything that is left of the input.</summary>
    string ReadToEnd();

    void WriteLine(string line);

    void WriteError(string line);

    /// <summary>Draws on the standard output; the cells must be harmless already.</summary>
    void Write(IRenderable drawing);

    /// <summary>Until the scope is disposed, Ctrl-C cancels its token and does not end the program.</summary>
    IInterruptScope CatchInterrupt();
}

/// <summary>See <see cref="ITerminal.CatchInterrupt"/>.</summary>
internal interface IInterruptScope : IDisposable
{
    CancellationToken Token { get; }
}
