namespace OrleansChat.Limits;

/// <summary>
/// The wrong passwords for one account, counted per address: anyone who guesses soon gets no answer, and the owner, who comes
/// from another address, notices nothing. Kept in memory and lost with the grain.
/// Not thread-safe.
/// </summary>
/// <param name="wrongPasswords">How many may come at once from one address, which gains one more per minute; 0 for no limit.</param>
/// <param name="time">Measures the minutes.</param>
public sealed class LoginAttempts(int wrongPasswords, TimeProvider time)
{
    /// <summary>
    /// The most addresses to remember; beyond that, the oldest is forgotten, so that an attacker cannot fill the memory.
    /// </summary>
    public const int MaxAddresses = 1_000;

    private const double GainedPerSecond = 1.0 / 60;

    private readonly OrderedDictionary<string, RateLimit> _byAddress = [];

    /// <summary>The number of remembered addresses.</summary>
    public int AddressCount => _byAddress.Count;

    /// <summary>Whether to check a password from an address. It counts as wrong until one of the other methods is called.</summary>
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

    /// <summary>Records a right password: earlier wrong ones from the address were the owner's mistakes, and no longer count.</summary>
    public void Succeeded(string address) => _byAddress.Remove(address);

    /// <summary>Records that a password was not checked after all, so that it does not count.</summary>
    public void NotChecked(string address)
    {
        if (_byAddress.TryGetValue(address, out var left)) left.GiveBack(1);
    }
}
