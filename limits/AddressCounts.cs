namespace OrleansChat.Limits;

/// <summary>Who reached a limit, the most frequent first.</summary>
/// <param name="Known">The counted addresses, each with its hits.</param>
/// <param name="Others">The hits of further addresses, which were too many to keep apart.</param>
public sealed record LimitAddresses(IReadOnlyList<KeyValuePair<string, long>> Known, long Others)
{
    /// <summary>No hits, or only hits of unknown addresses.</summary>
    public static readonly LimitAddresses None = new([], 0);
}

/// <summary>Counts hits by address. Thread-safe.</summary>
internal sealed class AddressCounts
{
    /// <summary>How many addresses are kept apart until the counts are taken, so that an attacker cannot fill the memory.</summary>
    internal const int MaxAddresses = 1_000;

    private readonly Lock _gate = new();
    private Dictionary<string, long> _counts = [];
    private long _others;

    /// <summary>Counts one hit.</summary>
    public void Add(string address)
    {
        lock (_gate)
        {
            if (_counts.TryGetValue(address, out var count) || _counts.Count < MaxAddresses) _counts[address] = count + 1;
            else _others++;
        }
    }

    /// <summary>Takes the counts, and starts again from zero.</summary>
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
