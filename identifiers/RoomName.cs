using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OrleansChat.Identifiers;

/// <summary>
/// Room names: 1 to 64 characters out of a-z, 0-9, full stop, underscore and hyphen, beginning with a letter or digit, since <c>..</c>
/// in a path would be no room. As a recipient, a room has <see cref="Mark"/> before its name.
/// </summary>
public static class RoomName
{
    /// <summary>The greatest length of a name, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>What tells a room from a user, where both may stand.</summary>
    public const char Mark = '#';

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Whether a text is a valid room name, without the mark; no room need have it.</summary>
    public static bool IsValid(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(name[0]) && !name.ContainsAnyExcept(Allowed);

    /// <summary>Takes the name of a room from a recipient such as <c>#general</c>; false if it is not a valid one.</summary>
    public static bool TryParse(string recipient, [NotNullWhen(true)] out string? name)
    {
        name = recipient.StartsWith(Mark) && IsValid(recipient.AsSpan(1)) ? recipient[1..] : null;
        return name is not null;
    }

    /// <summary>The room as a recipient, and as a sender in <c>inbox</c>.</summary>
    public static string ToRecipient(string name) => Mark + name;
}
