using OrleansChat.Protocol.Line;

namespace OrleansChat.Verification.Fuzzing.Oracles;

/// <summary>The meaning of a line: a command with its arguments, or an error.</summary>
internal readonly record struct Request(
    CommandKind? Kind, ReplyError? Error = null, string? Token = null,
    string User = "", string Password = "", string OnceId = "", string Text = "")
{
    /// <summary>A result of <see cref="CommandTable.TryParse(ReadOnlySpan{byte}, out Command?, out ReplyError)"/>.</summary>
    public static Request Of(bool parsed, Command? command, ReplyError error) => !parsed ? new(null, error)
        : new(command!.Kind, null, command.Token, command.User, command.Password,
            command.OnceId, NaiveUtf8.Decode(command.Text) ?? "not UTF-8");

    /// <summary>The meaning as escaped text.</summary>
    public override string ToString() => Error is { } error ? $"{error}"
        : $"{Kind}, token {(Token is null ? "none" : EscapedText.Of(Token))}, "
            + $"user {EscapedText.Of(User)}, password {EscapedText.Of(Password)}, "
            + $"ID {EscapedText.Of(OnceId)}, text {EscapedText.Of(Text)}";
}
