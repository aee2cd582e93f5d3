using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace OrleansChat.Protocol.Line;

/// <summary>
/// The commands, one row each, and the parser that goes by them.
/// </summary>
/// <remarks>
/// A word is what stands between two spaces, so two spaces in a row hold an empty one; other white space around it is
/// trimmed, but does not part words. Words that a row does not take are ignored.
/// </remarks>
public static class CommandTable
{
    private const int MaxOnceIdLength = 64;

    // The command's word, how many arguments must be there, and what it takes, in the order of the line.
    private static readonly Row[] Rows =
    [
        new("auth", CommandKind.LogIn, 2, Argument.User, Argument.Password),
        new("send", CommandKind.Send, 2, Argument.Token, Argument.User, Argument.Text),
        new("sendonce", CommandKind.SendOnce, 3, Argument.Token, Argument.OnceId, Argument.User, Argument.Text),
        new("inbox", CommandKind.Inbox, 0, Argument.Token),
        new("listuser", CommandKind.ListUsers, 0, Argument.Token),
        new("logout", CommandKind.LogOut, 0, Argument.Token),
    ];

    /// <summary>The commands, as somebody writes them who does not know what they mean.</summary>
    public static IReadOnlyList<CommandForm> Forms { get; } =
        [.. Rows.Select(row =>
            new CommandForm(Encoding.ASCII.GetString(row.Word), row.Kind, row.Required, row.Takes.Contains(Argument.Text)))];

    private enum Argument
    {
        Token,
        User,
        Password,
        OnceId,

        /// <summary>Not a word: all that stands behind the word before it.</summary>
        Text,
    }

    /// <summary>Parses a line (without its end).</summary>
    /// <param name="line">The bytes as they came; they need not be valid.</param>
    /// <param name="command">The command.</param>
    /// <param name="error">Why it was refused: <see cref="ReplyError.NotACommand"/> or <see cref="ReplyError.MissingArguments"/>.</param>
    public static bool TryParse(in ReadOnlySequence<byte> line, [NotNullWhen(true)] out Command? command, out ReplyError error)
    {
        if (line.IsSingleSegment)
            return TryParse(line.FirstSpan, out command, out error);

        int length = (int)line.Length;
        byte[] contiguous = ArrayPool<byte>.Shared.Rent(length);
        line.CopyTo(contiguous);
        bool parsed = TryParse(contiguous.AsSpan(0, length), out command, out error);
        ArrayPool<byte>.Shared.Return(contiguous);
        return parsed;
    }

    /// <inheritdoc cref="TryParse(in ReadOnlySequence{byte}, out Command?, out ReplyError)"/>
    public static bool TryParse(ReadOnlySpan<byte> line, [NotNullWhen(true)] out Command? command, out ReplyError error)
    {
        command = null;
        error = ReplyError.NotACommand;
        if (!Utf8.IsValid(line))
            return false;

        MemoryExtensions.SpanSplitEnumerator<byte> words = line.Split((byte)' ');
        words.MoveNext();
        if (Find(Trim(line[words.Current])) is not { } row)
            return false;

        error = ReplyError.MissingArguments;
        Command parsed = new() { Kind = row.Kind };
        for (int i = 0; i < row.Takes.Length; i++)
        {
            if (row.Takes[i] == Argument.Text)
            {
                parsed.Text = TextOf(line[words.Current.End..]);
                continue;
            }

            if (!words.MoveNext())
            {
                if (i < row.Required)
                    return false;
                break;
            }

            if (!TrySet(parsed, row.Takes[i], Trim(line[words.Current])))
                return false;
        }

        command = parsed;
        return true;
    }

    private static bool TrySet(Command command, Argument argument, ReadOnlySpan<byte> word)
    {
        if (argument == Argument.OnceId && !IsOnceId(word))
            return false;

        string value = Encoding.UTF8.GetString(word);
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

    /// <summary>The text ends in CR LF even where the line ended in LF alone; nothing at all behind the recipient is no text.</summary>
    private static byte[] TextOf(ReadOnlySpan<byte> rest) => rest.IsEmpty ? [] : [.. rest, (byte)'\r', (byte)'\n'];

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> word) => word[Ascii.Trim(word)];

    private static Row? Find(ReadOnlySpan<byte> word)
    {
        foreach (Row row in Rows)
        {
            if (word.SequenceEqual(row.Word))
                return row;
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
/// <param name="Required">How many words must stand behind it.</param>
/// <param name="HasText">Whether a text may follow them.</param>
public sealed record CommandForm(string Word, CommandKind Kind, int Required, bool HasText);
