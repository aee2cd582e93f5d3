namespace OrleansChat.Client.Wire;

/// <summary>
/// The request lines of the protocol. Every word is checked here, so that nothing given to the program can end a line early
/// or become a word of its own. Errors are <see cref="ChatException"/> with <see cref="ExitCode.Usage"/>.
/// </summary>
internal static class Requests
{
    public static string LogIn(string user, string password) =>
        $"auth {Word(user, "user name")} {Word(password, "password")} \r\n";

    /// <summary>The text follows the recipient and one more space, verbatim.</summary>
    public static string Send(string token, string recipient, string text) =>
        $"send {token} {Word(recipient, "user name")} {OneLine(text)} \r\n";

    /// <inheritdoc cref="Send"/>
    public static string SendOnce(string token, string id, string recipient, string text) =>
        $"sendonce {token} {Word(id, "ID")} {Word(recipient, "user name")} {OneLine(text)} \r\n";

    public static string Inbox(string token) => $"inbox {token} \r\n";

    public static string ListUsers(string token) => $"listuser {token} \r\n";

    public static string LogOut(string token) => $"logout {token} \r\n";

    /// <summary>Whether a value can be one word of a line: not empty, no space, no control character.</summary>
    public static bool IsWord(string value) => value.Length > 0 && !value.Any(c => c == ' ' || char.IsControl(c));

    // The message leaves the value out: it may be a password.
    private static string Word(string value, string what) =>
        IsWord(value) ? value : throw new ChatException(ExitCode.Usage, $"The {what} must be one word, without spaces.");

    private static string OneLine(string text) =>
        text.AsSpan().ContainsAny('\r', '\n')
            ? throw new ChatException(ExitCode.Usage, "A message is one line: line breaks cannot be sent.")
            : text;
}
