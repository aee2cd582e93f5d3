using OrleansChat.Limits;
using OrleansChat.Protocol;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// Asks for one of the address's attempts before a grain is woken up for a token that was not accepted on this connection
/// before, and gives it back when the token proves to be good: who guesses runs out of attempts, and nobody else does. A
/// token that was refused here is never good again, and costs nothing more.
/// </summary>
internal sealed class SessionGuard(ClientConnection client, LoadGate load, LimitMetrics metrics)
{
    /// <summary>So many sessions may take turns on a connection.</summary>
    private const int MaxAccepted = 8;

    private readonly List<string> _accepted = new(1);
    private string? _refused;
    private bool _isAttempt;

    /// <summary>Why a session is not even asked; null where it may be. Then one of the methods below says what came of it.</summary>
    /// <param name="sessionKey">The session.</param>
    /// <param name="isLogout">Whether it is to end, which helps who does not keep up.</param>
    public ReplyError? Refusal(string sessionKey, bool isLogout = false)
    {
        if (sessionKey == _refused) return ReplyError.NoSession;
        if (!_accepted.Contains(sessionKey))
        {
            if (!client.Address.TryToken()) return TooManyAttempts();
            _isAttempt = true;
        }
        if (isLogout || load.MayBegin()) return null;
        Unanswered();
        return ReplyError.Unavailable;
    }

    /// <summary>Why a login is not even tried; null where it may be. It costs an attempt also when it succeeds: hashing is dear.</summary>
    public ReplyError? LoginRefusal()
    {
        if (!client.Address.TryLogIn()) return TooManyAttempts();
        if (load.MayLogIn()) return null;
        client.Address.GiveBackLogin();
        return ReplyError.Unavailable;
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
        if (hasEnded) Unanswered();
        _isAttempt = false;
        _refused = sessionKey;
        if (_accepted.Remove(sessionKey) && _accepted.Count == 0) client.HasSessionOf(null);
    }

    /// <summary>Nobody said what the token is worth: that counts as no attempt.</summary>
    public void Unanswered()
    {
        if (_isAttempt) client.Address.GiveBackToken();
        _isAttempt = false;
    }

    private ReplyError TooManyAttempts()
    {
        metrics.Hit(LimitNames.Attempts);
        return ReplyError.TooManyAttempts;
    }
}
