using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// Asks for an attempt of the client's address before a grain is woken up for a token that was not accepted on this connection
/// before, and gives it back when the token proves to be good: who guesses runs out of attempts, and nobody else does.
/// </summary>
internal sealed class SessionGuard(ClientConnection client, LimitMetrics metrics)
{
    private string? _accepted;
    private bool _isAttempt;

    /// <summary>Whether a session may be asked for.</summary>
    public bool MayUse(string sessionKey)
    {
        if (sessionKey == _accepted) return true;
        _isAttempt = client.Address.TryAttempt();
        if (!_isAttempt) metrics.Hit(LimitNames.Attempts);
        return _isAttempt;
    }

    /// <summary>Whether a login may be tried, which costs an attempt even when it succeeds: hashing is dear.</summary>
    public bool MayLogIn()
    {
        if (client.Address.TryAttempt()) return true;
        metrics.Hit(LimitNames.Attempts);
        return false;
    }

    /// <summary>A session was accepted here, or logged in.</summary>
    public void Accepted(string sessionKey)
    {
        Unanswered();
        if (_accepted == sessionKey) return;
        _accepted = sessionKey;
        client.HasSession(true);
    }

    /// <summary>A session was refused, or has ended.</summary>
    public void Refused(string sessionKey)
    {
        _isAttempt = false;
        if (_accepted != sessionKey) return;
        _accepted = null;
        client.HasSession(false);
    }

    /// <summary>Nobody said what the token is worth: that counts as no attempt.</summary>
    public void Unanswered()
    {
        if (_isAttempt) client.Address.GiveBackAttempt();
        _isAttempt = false;
    }
}
