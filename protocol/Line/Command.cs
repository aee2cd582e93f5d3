namespace OrleansChat.Protocol.Line;

/// <summary>What a line asks for.</summary>
public enum CommandKind
{
    /// <summary><c>auth</c>: log in.</summary>
    LogIn = 0,

    /// <summary><c>send</c>: send a message.</summary>
    Send = 1,

    /// <summary><c>sendonce</c>: send a message under an ID of the client's own, which makes it repeatable.</summary>
    SendOnce = 2,

    /// <summary><c>inbox</c>: read the unread messages.</summary>
    Inbox = 3,

    /// <summary><c>listuser</c>: name the users who are online.</summary>
    ListUsers = 4,

    /// <summary><c>logout</c>: end a session.</summary>
    LogOut = 5,
}

/// <summary>
/// A line that was understood. It owns its memory: it outlives the buffer that the line was read from.
/// </summary>
/// <remarks>It holds secrets (passwords, tokens, texts), so it is deliberately not a record: <c>ToString</c> shows none of them.</remarks>
public sealed class Command
{
    /// <summary>What is asked for.</summary>
    public required CommandKind Kind { get; init; }

    /// <summary>The token; empty where its word is empty, null where there is no word (only commands that may do without).</summary>
    public string? Token { get; internal set; }

    /// <summary>The user who logs in, or the recipient; may be empty, of any characters, and as long as a line.</summary>
    public string User { get; internal set; } = "";

    /// <summary>The password of a login; may be empty.</summary>
    public string Password { get; internal set; } = "";

    /// <summary>The client's own ID of a repeatable send: 1 to 64 printable ASCII characters without space.</summary>
    public string OnceId { get; internal set; } = "";

    /// <summary>
    /// The text of a message in valid UTF-8, with the space before it and CR LF behind it; empty where nothing follows the recipient.
    /// </summary>
    public byte[] Text { get; internal set; } = [];
}
