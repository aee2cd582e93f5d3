using OrleansChat.Gateway.Limits;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// Stands before grains are woken up for what a stranger says: a name, or a token that was not accepted on this connection
/// before. That costs one of the address's attempts, and waits its turn among other strangers; a token that proves to be good
/// gives the attempt back. So who guesses runs out of attempts, and nobody else does. A token that was refused here is never
/// good again, and costs nothing more.
/// </summary>
internal sealed class SessionGuard(ClientConnection client, GatewayServices services)
{
    /// <summary>So many sessions may take turns on a connection.</summary>
    private const int MaxAccepted = 8;

    private readonly List<string> _accepted = new(1);
    private string? _refused;
    private bool _isAttempt;
    private PacedTurns? _turn;

    /// <summary>Whether a session was accepted here, and has not ended.</summary>
    public bool HasSession => _accepted.Count > 0;

    /// <summary>Waits until a session may be asked for. Then one of the methods below says what came of it.</summary>
    /// <param name="sessionKey">The session.</param>
    /// <param name="isLogout">Whether it is to end, which helps who does not keep up.</param>
    /// <returns>Why it may not be asked; mostly null.</returns>
    public async ValueTask<Refusal?> AdmitAsync(string sessionKey, bool isLogout = false)
    {
        if (sessionKey == _refused) return Refusal.NoSession;
        if (!_accepted.Contains(sessionKey))
        {
            if (!client.Address.TryToken()) return TooMany();
            _isAttempt = true;
            if (isLogout) return null;
            // Neither is a queue waited in that does not move, nor is what it has led to begun.
            if (services.Load.MayBegin() && await TakeTurnAsync(services.Strangers.Tokens) && services.Load.MayBegin()) return null;
        }
        else if (isLogout || services.Load.MayBegin()) return null;
        Unanswered();
        return Refusal.Unavailable;
    }

    /// <summary>Waits until a login may be tried. It costs an attempt also when it succeeds: hashing is dear.</summary>
    /// <returns>Why it may not; mostly null.</returns>
    public async ValueTask<Refusal?> AdmitLoginAsync()
    {
        if (!client.Address.TryLogIn()) return TooMany();
        if (services.Load.MayLogIn() && await TakeTurnAsync(services.Strangers.Logins) && services.Load.MayLogIn()) return null;
        Unanswered();
        client.Address.GiveBackLogin();
        return Refusal.Unavailable;
    }

    /// <summary>A user's session was accepted here, or logged in.</summary>
    public void Accepted(string sessionKey, string user)
    {
        Unanswered();
        if (_accepted.Contains(sessionKey)) return;
        if (_accepted.Count == MaxAccepted) _accepted.RemoveAt(0);
        _accepted.Add(sessionKey);
        client.HasSessionOf(user);
    }

    /// <summary>A session was refused, or has ended.</summary>
    /// <param name="sessionKey">The session.</param>
    /// <param name="hasEnded">Whether it was one until now: it was no guess.</param>
    public void Refused(string sessionKey, bool hasEnded = false)
    {
        if (!hasEnded) _isAttempt = false;
        Unanswered();
        _refused = sessionKey;
        if (_accepted.Remove(sessionKey) && _accepted.Count == 0) client.HasSessionOf(null);
    }

    /// <summary>Whatever was asked has ended, and nobody said what the token is worth: that counts as no attempt.</summary>
    public void Unanswered()
    {
        if (_isAttempt) client.Address.GiveBackToken();
        _isAttempt = false;
        GiveTurnBack();
    }

    /// <summary>What was asked is to be asked again, after a while: others are not to wait for that.</summary>
    public void GiveTurnBack()
    {
        _turn?.Release();
        _turn = null;
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
