using OrleansChat.Terminal.Input;

namespace OrleansChat.Admin;

/// <summary>
/// Reads a password: twice from the keyboard without an echo, or the first line of standard input. Never from an argument.
/// </summary>
internal static class PasswordInput
{
    /// <exception cref="InputException">The two entries differ, or there is no input.</exception>
    /// <exception cref="NotTextException">The input is not in the locale's encoding.</exception>
    public static string Read()
    {
        if (Console.IsInputRedirected)
            return new LineInput(Console.OpenStandardInput(), Question.Encoding, "Standard input").ReadLine()
                ?? throw new InputException("there is no password on standard input.");
        var password = Question.Ask("Password:", hidden: true);
        return Question.Ask("Again:", hidden: true) == password ? password : throw new InputException("the two passwords differ.");
    }
}
