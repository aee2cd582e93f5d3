using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using OrleansChat.Terminal;
using OrleansChat.Terminal.Input;
using OrleansChat.Terminal.Lines;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrleansChat.Client.Terminal;

/// <summary>
/// The process's own terminal or pipes. Without a terminal, lines are read plainly and the prompt is still written; a terminal that
/// does not understand escape sequences (<c>TERM=dumb</c>, or none) receives none.
/// </summary>
internal sealed class ConsoleTerminal : ITerminal
{
    // For a terminal that does not report its width.
    private const int UsualWidth = 80;

    private readonly TextWriter _output = OpenOutput();
    private readonly Lazy<LineInput> _input;
    private readonly LineHistory _history = new();
    private readonly LineEditor _lines;
    private readonly LineEditor _secrets;
    private readonly bool _canDraw =
        OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb" or "unknown");

    /// <param name="encoding">The encoding of typed and piped input.</param>
    public ConsoleTerminal(Encoding encoding)
    {
        var keys = ConsoleKeys.Open(encoding);
        _input = new Lazy<LineInput>(() => new LineInput(OpenInput(), encoding, "Standard input"));
        _lines = new LineEditor(keys, Screen(_output));
        // On standard error, so that a password can be asked for while the output goes to a file.
        _secrets = new LineEditor(keys, Screen(Console.Error));
    }

    public int Width =>
        Console.IsOutputRedirected && Console.IsErrorRedirected ? UsualWidth
        : Console.WindowWidth is > 0 and var width ? width
        : UsualWidth;

    public bool IsInteractive => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    public string? ReadLine(string prompt)
    {
        if (IsInteractive)
            return WithKeyboard(() => _lines.ReadLine(prompt, _history));
        _output.Write(prompt);
        _output.Flush();
        return _input.Value.ReadLine();
    }

    public void Remember(string line) => _history.Add(line);

    public string? ReadSecret(string prompt) => Console.IsInputRedirected
        ? _input.Value.ReadLine()
        : WithKeyboard(() => _secrets.ReadLine(prompt, new LineHistory(), hidden: true));

    public string ReadToEnd() => _input.Value.ReadToEnd();

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

    private ILineScreen Screen(TextWriter output) => _canDraw ? new LineScreen(output, () => Width) : new PlainScreen(output);

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

    // On a terminal, the console's own stream would take the keys one by one and draw them.
    private static Stream OpenInput() => Console.IsInputRedirected || OperatingSystem.IsWindows()
        ? Console.OpenStandardInput()
        : new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    // Console.Out ignores it when the reader of a pipe has gone; but messages that were not shown must not be confirmed to the server.
    private static StreamWriter OpenOutput()
    {
        var stream = Console.OpenStandardOutput();
        if (!OperatingSystem.IsWindows())
        {
            var direct = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            // A FileStream would write to a file at a position of its own, over text that other programs append.
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
