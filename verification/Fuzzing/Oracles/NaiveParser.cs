using OrleansChat.Protocol.Line;

namespace OrleansChat.Verification.Fuzzing.Oracles;

/// <summary>The rules of the protocol again, simple and slow, on strings: an oracle for the parser.</summary>
internal static class NaiveParser
{
    /// <summary>The commands that the oracle knows; add new ones here and below.</summary>
    public static readonly string[] Commands = ["auth", "send", "sendonce", "inbox", "listuser", "logout"];

    private static readonly char[] WhiteSpace = [' ', '\t', '\n', '\v', '\f', '\r'];

    /// <summary>What a line (without its end) means.</summary>
    public static Request Parse(ReadOnlySpan<byte> line)
    {
        if (NaiveUtf8.Decode(line) is not { } request) return new(null, ReplyError.NotACommand);
        var pieces = (request + "\r\n").Split(' ');
        var words = Array.ConvertAll(pieces, piece => piece.Trim(WhiteSpace));
        string Text(int recipient) => string.Concat(pieces.Skip(recipient + 1).Select(piece => " " + piece));
        var optional = words.Length > 1 ? words[1] : null;
        var missing = new Request(null, ReplyError.MissingArguments);
        return words[0] switch
        {
            "auth" => words.Length < 3 ? missing : new(CommandKind.LogIn, User: words[1], Password: words[2]),
            "send" => words.Length < 3 ? missing : new(CommandKind.Send, Token: words[1], User: words[2], Text: Text(2)),
            "sendonce" => words.Length < 4 || !IsId(words[2]) ? missing
                : new(CommandKind.SendOnce, Token: words[1], OnceId: words[2], User: words[3], Text: Text(3)),
            "inbox" => new(CommandKind.Inbox, Token: optional),
            "listuser" => new(CommandKind.ListUsers, Token: optional),
            "logout" => new(CommandKind.LogOut, Token: optional),
            _ => new(null, ReplyError.NotACommand),
        };
    }

    private static bool IsId(string word) => word.Length is > 0 and < 65 && word.All(c => c > ' ' && c < 127);
}
