namespace OrleansChat.Limits;

/// <summary>
/// The budget shared by all connections without a session, from however many addresses: a connection with a session does not wait
/// for them. Thread-safe.
/// </summary>
/// <param name="isLimited">Whether lines are limited; turns always are.</param>
/// <param name="time">Measures rates and waits.</param>
public sealed class Strangers(bool isLimited, TimeProvider time)
{
    /// <summary>Lines per second on all connections without a session: a quarter of what two cores answer.</summary>
    public const int LinesPerSecond = 50_000;

    /// <summary>How many run at once. A login may wait for its password to be hashed; a token takes a look-up of about 1 ms.</summary>
    private const int LoginsAtOnce = 8, KnownLoginsAtOnce = 64, TokensAtOnce = 2;

    /// <summary>How many may wait for a turn.</summary>
    private const int MaxLoginsWaiting = 1_000, MaxTokensWaiting = 10_000;

    /// <summary>More logins than processors can hash, and about half of the tokens that two processors can look up.</summary>
    private const int LoginsPerSecond = 100, KnownLoginsPerSecond = 1_000, TokensPerSecond = 1_000;

    /// <summary>Wrong passwords that may be told from right ones without hashing: about as many as are hashed otherwise.</summary>
    private const int GuessesPerSecond = 10, GuessesAtOnce = 100;

    private readonly Lock _gate = new();
    private readonly RateLimit _guesses = new(GuessesPerSecond, GuessesAtOnce, time);
    private readonly RateLimit? _lines = isLimited ? new(LinesPerSecond, LinesPerSecond, time) : null;

    /// <summary>The turns in which logins are tried.</summary>
    public PacedTurns Logins { get; } = new(LoginsAtOnce, MaxLoginsWaiting, LoginsPerSecond, time);

    /// <summary>
    /// The turns in which it is asked whether a login needs hashing at all; one that does waits for one of <see cref="Logins"/>.
    /// </summary>
    public PacedTurns KnownLogins { get; } = new(KnownLoginsAtOnce, MaxLoginsWaiting, KnownLoginsPerSecond, time);

    /// <summary>The turns in which tokens are tried that were not accepted on their connection before.</summary>
    public PacedTurns Tokens { get; } = new(TokensAtOnce, MaxTokensWaiting, TokensPerSecond, time);

    /// <summary>
    /// Whether it may be asked if a password is remembered; otherwise all are hashed. It counts as a guess until
    /// <see cref="WasNoGuess"/> is called.
    /// </summary>
    public bool MayRecall()
    {
        lock (_gate) return _guesses.Take(1) == 1;
    }

    /// <summary>Records that a password was not another than the one that is remembered.</summary>
    public void WasNoGuess()
    {
        lock (_gate) _guesses.GiveBack(1);
    }

    /// <summary>Charges the shared budget for answered lines.</summary>
    /// <returns>How long nothing more should be read from that connection.</returns>
    public TimeSpan Charge(double lines)
    {
        lock (_gate) return _lines?.Charge(lines) ?? TimeSpan.Zero;
    }
}
