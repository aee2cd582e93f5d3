using System.Text;

namespace OrleansChat.Protocol.Tests;

/// <summary>The rules of the protocol once more, slowly, on strings: an oracle for the parser.</summary>
internal static class NaiveParser
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>What a line means, as the other overload tells the parser's answer.</summary>
    public static string Describe(byte[] line)
    {
        string request;
        try
        {
            request = Strict.GetString(line) + "\r\n";
        }
        catch (DecoderFallbackException)
        {
            return nameof(ReplyError.NotACommand);
        }

        string[] pieces = request.Split(' ');
        string[] words = [.. pieces.Select(piece => piece.Trim(' ', '\t', '\n', '\v', '\f', '\r'))];
        string Text(int recipient) => string.Concat(pieces.Skip(recipient + 1).Select(piece => " " + piece));
        string? optional = words.Length > 1 ? words[1] : null;
        const string missing = nameof(ReplyError.MissingArguments);
        return words[0] switch
        {
            "auth" => words.Length < 3 ? missing : Show(CommandKind.LogIn, null, words[1], words[2], "", ""),
            "send" => words.Length < 3 ? missing : Show(CommandKind.Send, words[1], words[2], "", "", Text(2)),
            "sendonce" => words.Length < 4 || !IsId(words[2]) ? missing
                : Show(CommandKind.SendOnce, words[1], words[3], "", words[2], Text(3)),
            "inbox" => Show(CommandKind.Inbox, optional, "", "", "", ""),
            "listuser" => Show(CommandKind.ListUsers, optional, "", "", "", ""),
            "logout" => Show(CommandKind.LogOut, optional, "", "", "", ""),
            _ => nameof(ReplyError.NotACommand),
        };
    }

    public static string Describe(bool parsed, Command? command, ReplyError error) => !parsed ? error.ToString()
        : Show(command!.Kind, command.Token, command.User, command.Password, command.OnceId, Strict.GetString(command.Text));

    private static bool IsId(string word) => word.Length is > 0 and < 65 && word.All(c => c > ' ' && c < 127);

    private static string Show(CommandKind kind, string? token, string user, string password, string onceId, string text) =>
        $"{kind} token={(token is null ? "none" : $"'{token}'")} user='{user}' password='{password}' id='{onceId}' text='{text}'";
}
