namespace OrleansChat.Limits;

/// <summary>
/// Lets something happen a number of times in any hour, in all and for each address. It remembers no more than that. Not thread-safe.
/// </summary>
/// <param name="inAll">How often in all; 0 for no limit.</param>
/// <param name="ofAddress">How often from one address; 0 for no limit.</param>
/// <param name="time">Measures the hour.</param>
public sealed class HourlyLimit(int inAll, int ofAddress, TimeProvider time)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly List<(string Address, long At)> _taken = [];

    /// <summary>Takes one; false where none is left for now.</summary>
    /// <param name="address">Where it comes from; empty if that is unknown, and then not limited by itself.</param>
    public bool TryTake(string address)
    {
        if (inAll == 0) return true;
        _taken.RemoveAll(taken => time.GetElapsedTime(taken.At) >= Hour);
        if (_taken.Count >= inAll) return false;
        if (address.Length > 0 && ofAddress > 0 && _taken.Count(taken => taken.Address == address) >= ofAddress) return false;
        _taken.Add((address, time.GetTimestamp()));
        return true;
    }

    /// <summary>Gives the last one of an address back: nothing came of it.</summary>
    public void GiveBack(string address)
    {
        var last = _taken.FindLastIndex(taken => taken.Address == address);
        if (last >= 0) _taken.RemoveAt(last);
    }
}
