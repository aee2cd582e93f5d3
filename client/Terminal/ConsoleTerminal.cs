using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using OrleansChat.Client.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrleansChat.Client.Terminal;

/// <summary>The process's own terminal or pipes. Without a terminal, lines are read plainly and the prompt is still written.</summary>
internal sealed class ConsoleTerminal : ITerminal
{
    // Of a terminal that does not say.
    private const int UsualWidth = 80;

    private readonly TextWriter _output = OpenOutput();
    private readonly LineHistory _history = new();
    private readonly LineEditor _lines;
    private readonly LineEditor _secrets;
    private readonly bool _canDraw = Environment.GetEnvironmentVariable("TERM") != "dumb";

    public ConsoleTerminal()
    {
        var keys = new ConsoleKeys();
        _lines = new LineEditor(keys, _output, () => Width);
        // So that a password can be asked for while the output goes to a file.
        _secrets = new LineEditor(keys, Console.Error, () => Width);
    }

    public int Width =>
        Console.IsOutputRedirected && Console.IsErrorRedirected ? UsualWidth : Console.WindowWidth is > 0 and var width ? width : UsualWidth;

    public bool IsInteractive => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    public string? ReadLine(string prompt)
    {
        if (IsInteractive && _canDraw)
            return WithKeyboard(() => _lines.ReadLine(prompt, _history));
        _output.Write(prompt);
        _output.Flush();
        return Console.In.ReadLine();
    }

    public void Remember(string line) => _history.Add(line);

    public string? ReadSecret(string prompt) => Console.IsInputRedirected
        ? Console.In.ReadLine()
        : WithKeyboard(() => _secrets.ReadLine(prompt, new LineHistory(), hidden: true));

    public string ReadToEnd() => Console.In.ReadToEnd();

    public void WriteLine(string line)
    {
        _output.WriteLine(SafeText.ForTerminal(line));
        _output.Flush();
    }

    public void WriteError(string line) => Console.Error.WriteLine(SafeText.ForTerminal(line));

    public void Write(IRenderable drawing)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = _canDraw ? AnsiSupport.Yes : AnsiSupport.No,
            Out = new AnsiConsoleOutput(_output),
        });
        console.Profile.Width = Width;
        console.Write(drawing);
        _output.Flush();
    }

    public IInterruptScope CatchInterrupt() => new InterruptScope();

    private static string? WithKeyboard(Func<string?> read)
    {
        Console.TreatControlCAsInput = true;
        try
        {
            return read();
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    // Console.Out says nothing when the reader of a pipe has gone; but what was not shown must not be confirmed to the server.
    private static StreamWriter OpenOutput()
    {
        var stream = Console.OpenStandardOutput();
        if (!OperatingSystem.IsWindows())
        {
            var direct = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            // In a file, a FileStream would write at a position of its own, over what other programs append.
            if (!direct.CanSeek)
                stream = direct;
        }
        return new StreamWriter(stream, bufferSize: 4096) { AutoFlush = false };
    }

    private sealed class InterruptScope : IInterruptScope
    {
        private readonly CancellationTokenSource _source = new();
        private readonly PosixSignalRegistration _signal;

        public InterruptScope() => _signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            _source.Cancel();
        });

        public CancellationToken Token => _source.Token;

        public void Dispose()
        {
            _signal.Dispose();
            _source.Dispose();
        }
    }
}
