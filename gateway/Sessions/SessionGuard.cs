using OrleansChat.Gateway.Limits;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// Admits what a stranger asks, before it wakes up a grain: a login, or a token that was not accepted on this connection before. It
/// costs one of the address's attempts, and waits for its turn among other strangers. A good token gives the attempt back, so that only
/// those who guess run out of attempts. A token that was refused here never becomes good, and is refused again at no cost.
/// </summary>
internal sealed class SessionGuard(ClientConnection client, GatewayServices services)
{
    /// <summary>How many sessions one connection remembers as accepted.</summary>
    private const int MaxAccepted = 8;

    private readonly List<string> _accepted = new(1);
    private string? _refused;
    private bool _isAttempt;
    private PacedTurns? _turn;

    /// <summary>Whether a session was accepted here, and has not ended.</summary>
    public bool HasSession => _accepted.Count > 0;

    /// <summary>Whether a session that was accepted here has ended since, as far as was heard here.</summary>
    public bool HasLostSession { get; private set; }

    /// <summary>Waits until a session's grain may be called. Afterwards, report the outcome by one of the methods below.</summary>
    /// <param name="sessionKey">The key of the session.</param>
    /// <param name="isLogout">Whether the session is to end; a logout is always admitted, since it relieves the service.</param>
    /// <returns>Why the grain may not be called; mostly null.</returns>
    public async ValueTask<Refusal?> AdmitAsync(string sessionKey, bool isLogout = false)
    {
        if (sessionKey == _refused) return Refusal.NoSession;
        if (!_accepted.Contains(sessionKey))
        {
            if (!client.Address.TryToken()) return TooMany();
            _isAttempt = true;
            if (isLogout) return null;
            // Do not queue while the service is stalled, nor start if it stalled while we queued.
            if (services.Load.MayBegin() && await TakeTurnAsync(services.Strangers.Tokens) && services.Load.MayBegin()) return null;
        }
        else if (isLogout || services.Load.MayBegin()) return null;
        Unanswered();
        return Refusal.Overloaded;
    }

    /// <summary>Waits until a login may be tried. Even a successful one costs an attempt, because hashing is expensive.</summary>
    /// <returns>Why it may not be tried; mostly null.</returns>
    public async ValueTask<Refusal?> AdmitLoginAsync()
    {
        if (!client.Address.TryLogIn()) return TooMany();
        return await TakeLoginTurnAsync(services.Strangers.KnownLogins);
    }

    /// <summary>Waits until the password of an admitted login may be hashed.</summary>
    /// <returns>Why it may not be; mostly null.</returns>
    public ValueTask<Refusal?> MayHashAsync()
    {
        GiveTurnBack();
        return TakeLoginTurnAsync(services.Strangers.Logins);
    }

    /// <summary>Records that a user's session was accepted here, or logged in.</summary>
    public void Accepted(string sessionKey, string user)
    {
        Unanswered();
        if (_accepted.Contains(sessionKey)) return;
        if (_accepted.Count == MaxAccepted) _accepted.RemoveAt(0);
        _accepted.Add(sessionKey);
        client.HasSessionOf(user);
    }

    /// <summary>Records that a session was refused, or has ended.</summary>
    /// <param name="sessionKey">The key of the session.</param>
    /// <param name="hasEnded">Whether it existed until now, so that its token was not a guess.</param>
    public void Refused(string sessionKey, bool hasEnded = false)
    {
        if (!hasEnded) _isAttempt = false;
        Unanswered();
        _refused = sessionKey;
        if (!_accepted.Remove(sessionKey)) return;
        HasLostSession = true;
        if (_accepted.Count == 0) client.HasSessionOf(null);
    }

    /// <summary>Ends an operation. If nothing was learned of its token, it gives the attempt back.</summary>
    public void Unanswered()
    {
        if (_isAttempt) client.Address.GiveBackToken();
        _isAttempt = false;
        GiveTurnBack();
    }

    /// <summary>Gives the turn back before a retry, so that others do not wait for it.</summary>
    public void GiveTurnBack()
    {
        _turn?.Release();
        _turn = null;
    }

    private async ValueTask<Refusal?> TakeLoginTurnAsync(PacedTurns turns)
    {
        if (services.Load.MayLogIn() && await TakeTurnAsync(turns) && services.Load.MayLogIn()) return null;
        Unanswered();
        client.Address.GiveBackLogin();
        return Refusal.Overloaded;
    }

    private async ValueTask<bool> TakeTurnAsync(PacedTurns turns)
    {
        if (!client.Address.IsLimited) return true;
        if (await turns.TakeAsync(client.AddressName))
        {
            _turn = turns;
            return true;
        }
        services.Metrics.Hit(LimitNames.Overload, client.AddressName);
        return false;
    }

    private Refusal TooMany()
    {
        services.Metrics.Hit(LimitNames.Attempts, client.AddressName);
        return Refusal.TooMany;
    }
}
