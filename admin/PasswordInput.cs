using Spectre.Console;

namespace OrleansChat.Admin;

/// <summary>Where passwords come from: the keyboard without an echo, twice, or the first line of standard input. Never an argument.</summary>
internal static class PasswordInput
{
    /// <exception cref="InputException">The two differ, or there is no input.</exception>
    public static string Read()
    {
        if (Console.IsInputRedirected)
            return Console.In.ReadLine() ?? throw new InputException("no password on standard input.");
        var password = Ask("Password:");
        return Ask("Again:") == password ? password : throw new InputException("the two passwords differ.");
    }

    // Asked on standard error: standard output may be a file.
    private static string Ask(string question) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
            .Prompt(new TextPrompt<string>(question).Secret(mask: null));
}
