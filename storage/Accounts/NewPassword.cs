using System.Globalization;

namespace OrleansChat.Storage.Accounts;

/// <summary>The rules for new passwords; old ones stay valid.</summary>
public static class NewPassword
{
    /// <summary>What is wrong with a new password, as the rest of a sentence, without anything of it; null if nothing is.</summary>
    /// <param name="password">The password.</param>
    /// <param name="minLength">Its smallest length, in characters as people count them.</param>
    public static string? FaultOf(string password, int minLength) =>
        !Passwords.IsValid(password) ? $"is empty, longer than {Passwords.MaxBytes} bytes, or contains white space"
        // Bytes that are not text decode to U+FFFD, so any other such bytes would open the account. Nobody types a byte order mark.
        : password.AsSpan().ContainsAny('\uFFFD', '\uFEFF')
            ? "contains U+FFFD or a byte order mark: it was converted from another encoding"
        : new StringInfo(password).LengthInTextElements < minLength ? $"is shorter than {minLength} characters"
        : null;
}
