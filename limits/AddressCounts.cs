namespace OrleansChat.Limits;

/// <summary>Who reached a limit, the most frequent first.</summary>
/// <param name="Known">Addresses, and how often each did.</param>
/// <param name="Others">How often others did, whose names were too many to keep.</param>
public sealed record LimitAddresses(IReadOnlyList<KeyValuePair<string, long>> Known, long Others)
{
    /// <summary>Nobody, or nobody knows.</summary>
    public static readonly LimitAddresses None = new([], 0);
}

/// <summary>Counts by address. Thread-safe.</summary>
internal sealed class AddressCounts
{
    /// <summary>So many addresses are told apart until the counts are taken: the memory of more would be the attacker's to fill.</summary>
    internal const int MaxAddresses = 1_000;

    private readonly Lock _gate = new();
    private Dictionary<string, long> _counts = [];
    private long _others;

    /// <summary>Counts one.</summary>
    public void Add(string address)
    {
        lock (_gate)
        {
            if (_counts.TryGetValue(address, out var count) || _counts.Count < MaxAddresses) _counts[address] = count + 1;
            else _others++;
        }
    }

    /// <summary>Takes the counts, and begins again from nothing.</summary>
    public LimitAddresses Take()
    {
        lock (_gate)
        {
            var sorted = _counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal);
            var taken = new LimitAddresses([.. sorted], _others);
            (_counts, _others) = ([], 0);
            return taken;
        }
    }
}
