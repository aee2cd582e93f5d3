using System.CommandLine;

namespace OrleansChat.Client.Commands;

/// <summary>
/// Cuts a command line after the recipient of <c>send</c>. Every word after it is text, whatever it looks like: the parser would
/// take options out of it, and connect to another server or print help instead of sending the message.
/// </summary>
internal static class SentText
{
    /// <summary>The words for the parser, recipient included, and the words of the text; none for any other command.</summary>
    public static (string[] Parsed, string[] Text) Cut(RootCommand root, Command send, string[] arguments)
    {
        var (isSend, takesOptions) = (false, true);
        for (var at = 0; at < arguments.Length; at++)
        {
            var word = arguments[at];
            if (takesOptions && word == "--")
                takesOptions = false;
            else if (takesOptions && (Find(root, word) ?? Find(send, word)) is { } option)
                at += option.Arity.MinimumNumberOfValues > 0 && !word.Contains('=') && !word.Contains(':') ? 1 : 0;
            else if (isSend)
                return (arguments[..(at + 1)], arguments[(at + 1)..]);
            else if (word == send.Name)
                isSend = true;
            else
                break;
        }
        return (arguments, []);
    }

    // An option and its value can also be one word: --port=8889 or --port:8889.
    private static Option? Find(Command command, string word)
    {
        var name = word.Split('=', ':')[0];
        return command.Options.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));
    }
}
