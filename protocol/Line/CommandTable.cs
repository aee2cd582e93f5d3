using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace OrleansChat.Protocol.Line;

/// <summary>
/// The commands, one row each, and the parser that follows the rows.
/// </summary>
/// <remarks>
/// The grammar of a line, in which two consecutive spaces delimit an empty argument:
/// <code>
/// auth USER PASSWORD
/// send TOKEN USER [TEXT]
/// sendonce TOKEN ID USER [TEXT]
/// inbox [TOKEN]
/// listuser [TOKEN]
/// logout [TOKEN]
/// </code>
/// Only spaces separate arguments; other white space around an argument is trimmed. Surplus arguments are ignored.
/// </remarks>
public static class CommandTable
{
    private const int MaxOnceIdLength = 64;

    // The command's word, how many arguments it requires, and which it takes, in the order of the line.
    private static readonly Row[] Rows =
    [
        new("auth", CommandKind.LogIn, 2, Argument.User, Argument.Password),
        new("send", CommandKind.Send, 2, Argument.Token, Argument.User, Argument.Text),
        new("sendonce", CommandKind.SendOnce, 3, Argument.Token, Argument.OnceId, Argument.User, Argument.Text),
        new("inbox", CommandKind.Inbox, 0, Argument.Token),
        new("listuser", CommandKind.ListUsers, 0, Argument.Token),
        new("logout", CommandKind.LogOut, 0, Argument.Token),
    ];

    /// <summary>How each command is written, for a program that generates lines without knowing their meaning.</summary>
    public static IReadOnlyList<CommandForm> Forms { get; } =
        [.. Rows.Select(row =>
            new CommandForm(Encoding.ASCII.GetString(row.Word), row.Kind, row.Required, row.Takes.Contains(Argument.Text)))];

    private enum Argument
    {
        Token,
        User,
        Password,
        OnceId,

        /// <summary>Not a single word: the whole rest of the line after the previous argument.</summary>
        Text,
    }

    /// <summary>Parses a line, given without its end; false where it is refused.</summary>
    /// <param name="line">The bytes as they arrived; they need not be valid UTF-8.</param>
    /// <param name="command">The command, if the line is valid.</param>
    /// <param name="error">Why it was refused: <see cref="ReplyError.NotACommand"/> or <see cref="ReplyError.MissingArguments"/>.</param>
    public static bool TryParse(in ReadOnlySequence<byte> line, [NotNullWhen(true)] out Command? command, out ReplyError error)
    {
        if (line.IsSingleSegment) return TryParse(line.FirstSpan, out command, out error);

        var length = (int)line.Length;
        var contiguous = ArrayPool<byte>.Shared.Rent(length);
        line.CopyTo(contiguous);
        var parsed = TryParse(contiguous.AsSpan(0, length), out command, out error);
        ArrayPool<byte>.Shared.Return(contiguous);
        return parsed;
    }

    /// <inheritdoc cref="TryParse(in ReadOnlySequence{byte}, out Command?, out ReplyError)"/>
    public static bool TryParse(ReadOnlySpan<byte> line, [NotNullWhen(true)] out Command? command, out ReplyError error)
    {
        command = null;
        error = ReplyError.NotACommand;
        if (!Utf8.IsValid(line)) return false;
        var words = line.Split((byte)' ');
        words.MoveNext();
        if (Find(Trim(line[words.Current])) is not { } row) return false;

        error = ReplyError.MissingArguments;
        var parsed = new Command { Kind = row.Kind };
        for (var i = 0; i < row.Takes.Length; i++)
        {
            if (row.Takes[i] == Argument.Text)
            {
                parsed.Text = TextOf(line[words.Current.End..]);
                continue;
            }
            if (!words.MoveNext())
            {
                if (i < row.Required) return false;
                break;
            }
            if (!TrySet(parsed, row.Takes[i], Trim(line[words.Current]))) return false;
        }
        command = parsed;
        return true;
    }

    private static bool TrySet(Command command, Argument argument, ReadOnlySpan<byte> word)
    {
        if (argument == Argument.OnceId && !IsOnceId(word)) return false;
        var value = Encoding.UTF8.GetString(word);
        switch (argument)
        {
            case Argument.Token: command.Token = value; break;
            case Argument.User: command.User = value; break;
            case Argument.Password: command.Password = value; break;
            case Argument.OnceId: command.OnceId = value; break;
        }
        return true;
    }

    private static bool IsOnceId(ReadOnlySpan<byte> word) =>
        word.Length is >= 1 and <= MaxOnceIdLength && !word.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    /// <summary>A text ends in CR LF even if the line ended in LF alone; it is empty if nothing follows the recipient.</summary>
    private static byte[] TextOf(ReadOnlySpan<byte> rest) => rest.IsEmpty ? [] : [.. rest, (byte)'\r', (byte)'\n'];

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> word) => word[Ascii.Trim(word)];

    private static Row? Find(ReadOnlySpan<byte> word)
    {
        foreach (var row in Rows)
        {
            if (word.SequenceEqual(row.Word)) return row;
        }
        return null;
    }

    private sealed class Row(string word, CommandKind kind, int required, params Argument[] takes)
    {
        public byte[] Word { get; } = Encoding.ASCII.GetBytes(word);

        public CommandKind Kind => kind;

        public int Required => required;

        public Argument[] Takes => takes;
    }
}

/// <summary>How a command is written.</summary>
/// <param name="Word">Its first word.</param>
/// <param name="Kind">What it asks for.</param>
/// <param name="Required">How many arguments must follow it.</param>
/// <param name="HasText">Whether a text may follow the arguments.</param>
public sealed record CommandForm(string Word, CommandKind Kind, int Required, bool HasText);
