using System.Text;
using OrleansChat.Terminal.Input;
using OrleansChat.Terminal.Lines;

namespace OrleansChat.Admin;

/// <summary>Asks the person at the terminal. On standard error: standard output may be a file.</summary>
internal static class Question
{
    /// <summary>The encoding of what is typed, piped or given as an argument.</summary>
    public static Encoding Encoding { get; } = InputEncoding.OfLocale(Environment.GetEnvironmentVariable);

    private static LineEditor Lines { get; } = new(ConsoleKeys.Open(Encoding), new PlainScreen(Console.Error));

    /// <summary>The answer, shown while it is typed or not; empty where the person ends the input instead.</summary>
    /// <exception cref="NotTextException">It is not in the locale's encoding.</exception>
    /// <exception cref="OperationCanceledException">Ctrl-C.</exception>
    public static string Ask(string question, bool hidden = false)
    {
        // From here on the terminal shows nothing by itself, not even what is typed too early.
        Console.TreatControlCAsInput = true;
        try
        {
            return Lines.ReadLine(question, new LineHistory(), hidden) ?? "";
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }
}
