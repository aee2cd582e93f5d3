using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Grains.Logs;

/// <summary>
/// Knows which senders may write to a log, before their messages are numbered: a refusal by the statement that stores them would break
/// a batch that others share. Used on the turns of one grain.
/// </summary>
/// <param name="ask">Asks the database whether a session's owner may write; null if the session is not alive.</param>
internal sealed class Admissions(Func<string, Task<Admission?>> ask)
{
    /// <summary>The most senders to remember; beyond that, it forgets all and asks again.</summary>
    private const int MaxKnown = 10_000;

    private readonly HashSet<long> _admitted = [];
    private int _changes;

    /// <summary>Whether an account may write, as far as is known; ask if it is not.</summary>
    public bool Knows(long senderId) => _admitted.Contains(senderId);

    /// <summary>Asks whether a session's owner may write. A yes is remembered until <see cref="Forget"/>, a no is not.</summary>
    /// <returns>Null if the session is not alive.</returns>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    public async Task<Admission?> AskAsync(string sessionKey)
    {
        var changes = _changes;
        var answer = await ask(sessionKey);
        if (answer is { IsBlocked: false } admission && changes == _changes)
        {
            if (_admitted.Count >= MaxKnown) _admitted.Clear();
            _admitted.Add(admission.SenderId);
        }
        return answer;
    }

    /// <summary>Forgets all that is known: blocks or members have changed.</summary>
    public void Forget()
    {
        _changes++;
        _admitted.Clear();
    }
}
