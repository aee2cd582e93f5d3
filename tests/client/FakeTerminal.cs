using OrleansChat.Client.Terminal;
using OrleansChat.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrleansChat.Client.Tests;

/// <summary>A person or a pipe, scripted: lines that are typed, passwords that are typed unseen, and all that was shown.</summary>
internal sealed class FakeTerminal(params string[] lines) : ITerminal
{
    private readonly Queue<string> _lines = new(lines);

    public bool IsInteractive { get; init; } = true;

    public int Width { get; init; } = 100;

    public Queue<string> Secrets { get; } = new();

    public bool InterruptsSecrets { get; init; }

    public string Input { get; init; } = "";

    /// <summary>What happens before a line is handed over.</summary>
    public Func<string, Task>? BeforeLine { get; init; }

    public bool OutputIsGone { get; init; }

    public CancellationTokenSource Interrupt { get; } = new();

    public List<string> Prompts { get; } = [];

    public List<string> Shown { get; } = [];

    public List<string> Errors { get; } = [];

    public List<string> Remembered { get; } = [];

    /// <summary>Everything that reached a screen.</summary>
    public string Everything => string.Join('\n', [.. Prompts, .. Shown, .. Errors]);

    public string? ReadLine(string prompt)
    {
        Prompts.Add(prompt);
        if (!_lines.TryDequeue(out var line))
            return null;
        BeforeLine?.Invoke(line).Wait(ScriptedServer.Safety);
        return line;
    }

    public void Remember(string line) => Remembered.Add(line);

    public string? ReadSecret(string prompt)
    {
        Prompts.Add(prompt);
        if (InterruptsSecrets)
            throw new OperationCanceledException();
        return Secrets.TryDequeue(out var secret) ? secret : null;
    }

    public string ReadToEnd() => Input;

    public void WriteLine(string line)
    {
        if (OutputIsGone)
            throw new IOException("Broken pipe");
        Shown.Add(SafeText.ForTerminal(line));
    }

    public void WriteError(string line) => Errors.Add(SafeText.ForTerminal(line));

    public void Write(IRenderable drawing)
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = Width;
        console.Write(drawing);
        Shown.Add(writer.ToString());
    }

    public IInterruptScope CatchInterrupt() => new Scope(Interrupt.Token);

    private sealed record Scope(CancellationToken Token) : IInterruptScope
    {
        public void Dispose()
        {
        }
    }
}
