using System.Text;
using OrleansChat.Terminal.Input;
using OrleansChat.Terminal.Lines;

namespace OrleansChat.Admin;

/// <summary>Asks the person at the terminal, on standard error because standard output may be a file.</summary>
internal static class Question
{
    /// <summary>The encoding of what is typed, piped or given as an argument.</summary>
    public static Encoding Encoding { get; } = InputEncoding.OfLocale(Environment.GetEnvironmentVariable);

    private static LineEditor Lines { get; } = new(ConsoleKeys.Open(Encoding), new PlainScreen(Console.Error));

    /// <summary>Asks whether to do something, unless the person is sure or nobody is at the terminal.</summary>
    /// <exception cref="InputException">The person declined; the message is the given one.</exception>
    public static void Confirm(bool isSure, string question, string declined)
    {
        if (isSure || Console.IsInputRedirected) return;
        if (Ask($"{question} [y/N] ").Trim().ToLowerInvariant() is not ("y" or "yes")) throw new InputException(declined);
    }

    /// <summary>Reads the answer, echoed unless it is hidden; empty if the person ends the input instead.</summary>
    /// <exception cref="NotTextException">The answer is not in the locale's encoding.</exception>
    /// <exception cref="OperationCanceledException">The person pressed Ctrl-C.</exception>
    public static string Ask(string question, bool hidden = false)
    {
        // From here on the terminal echoes nothing by itself, not even keys that are pressed too early.
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
