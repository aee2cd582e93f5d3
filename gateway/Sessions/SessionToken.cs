using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Sessions;

/// <summary>Session tokens: lower-case UUIDs of version 4, with 122 random bits.</summary>
internal static class SessionToken
{
    /// <summary>Makes a token that nobody can guess: .NET takes its bits from the system's secure generator.</summary>
    public static string New() => Guid.NewGuid().ToString("D");

    /// <summary>The key of a token's session; null for a text that is not a valid token, which is refused without a grain call.</summary>
    public static string? KeyOf(string? token) =>
        token is { Length: 36 } && Guid.TryParseExact(token, "D", out _) ? GrainKeys.ForSession(token) : null;
}
