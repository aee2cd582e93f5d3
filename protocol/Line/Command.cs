namespace OrleansChat.Protocol.Line;

/// <summary>What a line asks for.</summary>
public enum CommandKind
{
    /// <summary><c>auth</c>: log in.</summary>
    LogIn = 0,

    /// <summary><c>send</c>: send a message.</summary>
    Send = 1,

    /// <summary><c>sendonce</c>: send a message under an ID that the client chooses, which makes it repeatable.</summary>
    SendOnce = 2,

    /// <summary><c>inbox</c>: read the unread messages.</summary>
    Inbox = 3,

    /// <summary><c>listuser</c>: name the users who are online.</summary>
    ListUsers = 4,

    /// <summary><c>logout</c>: end a session.</summary>
    LogOut = 5,
}

/// <summary>
/// A parsed line. It owns its memory, so it may outlive the buffer that the line was read from.
/// </summary>
/// <remarks>It holds secrets (passwords, tokens, texts). It is deliberately not a record, whose <c>ToString</c> would show them.</remarks>
public sealed class Command
{
    /// <summary>Which command it is; tells which of the other properties are set.</summary>
    public required CommandKind Kind { get; init; }

    /// <summary>The token; empty if its argument is empty, null if the line has no such argument, which some commands allow.</summary>
    public string? Token { get; internal set; }

    /// <summary>The user who logs in, or the recipient; unchecked, so possibly empty, of any characters, and as long as a line.</summary>
    public string User { get; internal set; } = "";

    /// <summary>The password of a login; may be empty.</summary>
    public string Password { get; internal set; } = "";

    /// <summary>The ID of a repeatable send, which the client chooses: 1 to 64 printable ASCII characters without spaces.</summary>
    public string OnceId { get; internal set; } = "";

    /// <summary>
    /// The text of a message in valid UTF-8, with the space before it and CR LF after it; empty if nothing follows the recipient.
    /// </summary>
    public byte[] Text { get; internal set; } = [];
}
