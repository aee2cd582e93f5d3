using OrleansChat.Limits;

namespace OrleansChat.Grains.Users;

/// <summary>
/// The wrong passwords that came for one account, an address apart from all others: who guesses soon gets no answer, and the
/// owner, who comes from elsewhere, notices nothing. In memory: it is forgotten with the grain.
/// </summary>
internal sealed class LoginAttempts(int wrongPasswords, TimeProvider time)
{
    /// <summary>
    /// So many addresses are told apart, and then the oldest is forgotten: the memory of more would be the attacker's to fill.
    /// </summary>
    internal const int MaxAddresses = 1_000;

    private const double GainedPerSecond = 1.0 / 60;

    private readonly OrderedDictionary<string, RateLimit> _byAddress = [];

    /// <summary>How many addresses are remembered.</summary>
    public int AddressCount => _byAddress.Count;

    /// <summary>Whether a password from there is to be looked at: it counts as wrong until one of the other methods is called.</summary>
    public bool TryBegin(string address)
    {
        if (wrongPasswords == 0) return true;
        if (!_byAddress.TryGetValue(address, out var left))
        {
            if (_byAddress.Count >= MaxAddresses) _byAddress.RemoveAt(0);
            _byAddress.Add(address, left = new RateLimit(GainedPerSecond, wrongPasswords, time));
        }
        return left.Take(1) == 1;
    }

    /// <summary>A password from there was right: those before it were the owner's own mistakes.</summary>
    public void Succeeded(string address) => _byAddress.Remove(address);

    /// <summary>A password from there was not looked at after all.</summary>
    public void NotLookedAt(string address)
    {
        if (_byAddress.TryGetValue(address, out var left)) left.GiveBack(1);
    }
}
