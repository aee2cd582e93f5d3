using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// Lets few in at once of those who have not shown yet that they belong here, by turns of their addresses: however many guess,
/// whoever has a session on the connection does not wait for them.
/// </summary>
internal sealed class Strangers
{
    /// <summary>Logins: some wait for their password to be hashed. Tokens: each is a look-up of a millisecond or so.</summary>
    private const int LoginsAtOnce = 16, TokensAtOnce = 4;

    /// <summary>Of logins, so many wait: a minute or two at most.</summary>
    private const int MaxLoginsWaiting = 1_000, MaxTokensWaiting = 100_000;

    /// <summary>Turns of logins.</summary>
    public FairTurns Logins { get; } = new(LoginsAtOnce, MaxLoginsWaiting);

    /// <summary>Turns of tokens that were not accepted on their connection before.</summary>
    public FairTurns Tokens { get; } = new(TokensAtOnce, MaxTokensWaiting);
}
