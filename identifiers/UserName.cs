using System.Buffers;

namespace OrleansChat.Identifiers;

/// <summary>User names: 1 to 32 characters out of a–z, 0–9, full stop, underscore and hyphen.</summary>
public static class UserName
{
    /// <summary>The greatest length of a name, in characters.</summary>
    public const int MaxLength = 32;

    /// <summary>How the names of erased users begin, which nobody can take.</summary>
    public const string ErasedPrefix = "removed-";

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Whether a text is a valid user name; no user need have it.</summary>
    public static bool IsValid(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxLength && !name.ContainsAnyExcept(Allowed);

    /// <summary>
    /// Whether a new user may have this name. It begins with a letter or digit, since <c>..</c> in a path would be no user; older names
    /// may begin otherwise.
    /// </summary>
    public static bool IsValidForNew(ReadOnlySpan<char> name) =>
        IsValid(name) && char.IsAsciiLetterOrDigit(name[0]) && !name.StartsWith(ErasedPrefix, StringComparison.Ordinal);
}
