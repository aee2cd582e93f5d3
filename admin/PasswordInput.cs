using OrleansChat.Terminal.Input;

namespace OrleansChat.Admin;

/// <summary>
/// Where passwords come from: the keyboard without an echo, twice, or the first line of standard input. Never an argument.
/// </summary>
internal static class PasswordInput
{
    /// <exception cref="InputException">The two differ, or there is no input.</exception>
    /// <exception cref="NotTextException">It is not in the locale's encoding.</exception>
    public static string Read()
    {
        if (Console.IsInputRedirected)
            return new LineInput(Console.OpenStandardInput(), Question.Encoding, "Standard input").ReadLine()
                ?? throw new InputException("no password on standard input.");
        var password = Question.Ask("Password:", hidden: true);
        return Question.Ask("Again:", hidden: true) == password ? password : throw new InputException("the two passwords differ.");
    }
}
