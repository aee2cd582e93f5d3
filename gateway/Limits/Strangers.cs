using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// What those together may ask for who have not shown yet that they belong here, from however many addresses: whoever has a
/// session on the connection does not wait for them. Thread-safe.
/// </summary>
internal sealed class Strangers(bool isLimited, TimeProvider time)
{
    /// <summary>Lines a second on connections without a session: a quarter of what two cores answer.</summary>
    internal const int LinesPerSecond = 50_000;

    /// <summary>Logins: some wait for their password to be hashed. Tokens: each is a look-up of a millisecond or so.</summary>
    private const int LoginsAtOnce = 8, TokensAtOnce = 2;

    /// <summary>So many wait.</summary>
    private const int MaxLoginsWaiting = 1_000, MaxTokensWaiting = 10_000;

    /// <summary>More than processors hash, and about half of what two of them look up.</summary>
    private const int LoginsPerSecond = 100, TokensPerSecond = 1_000;

    private readonly Lock _gate = new();
    private readonly RateLimit? _lines = isLimited ? new(LinesPerSecond, LinesPerSecond, time) : null;

    /// <summary>Turns of logins.</summary>
    public PacedTurns Logins { get; } = new(LoginsAtOnce, MaxLoginsWaiting, LoginsPerSecond, time);

    /// <summary>Turns of tokens that were not accepted on their connection before.</summary>
    public PacedTurns Tokens { get; } = new(TokensAtOnce, MaxTokensWaiting, TokensPerSecond, time);

    /// <summary>Charges them with lines that were answered.</summary>
    /// <returns>How long no more of them should be read from that connection.</returns>
    public TimeSpan Charge(double lines)
    {
        lock (_gate) return _lines?.Charge(lines) ?? TimeSpan.Zero;
    }
}
