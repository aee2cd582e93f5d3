using System.Diagnostics.CodeAnalysis;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway;

/// <summary>Session tokens: lower-case UUIDs of version 4, 122 random bits.</summary>
internal static class SessionToken
{
    /// <summary>Makes a token that nobody can guess (the runtime takes it from the system's secure generator).</summary>
    public static string New() => Guid.NewGuid().ToString("D");

    /// <summary>The key of a token's session; false for what cannot be a token, which costs no grain.</summary>
    public static bool TryGetKey(string? token, [NotNullWhen(true)] out string? sessionKey)
    {
        var isToken = token is { Length: 36 } && Guid.TryParseExact(token, "D", out _);
        sessionKey = isToken ? GrainKeys.ForSession(token) : null;
        return isToken;
    }
}
