using System.Buffers;

namespace OrleansChat.Identifiers;

/// <summary>The names of users: 1 to 32 of the characters a–z, 0–9, full stop, underscore, hyphen.</summary>
public static class UserName
{
    /// <summary>The greatest length.</summary>
    public const int MaxLength = 32;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Whether a name can be a user's.</summary>
    public static bool IsValid(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxLength && !name.ContainsAnyExcept(Allowed);
}
