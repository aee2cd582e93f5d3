namespace OrleansChat.Verification.Ledgers;

/// <summary>The numbers of a log that somebody may read.</summary>
internal sealed class NumberRanges
{
    private readonly List<(long From, long UpTo)> _ranges = [];

    public NumberRanges()
    {
    }

    public NumberRanges(NumberRanges others) => _ranges.AddRange(others._ranges);

    public bool Contain(long number) => _ranges.Exists(range => range.From <= number && number <= range.UpTo);

    /// <summary>Adds all numbers from one on.</summary>
    public void AddFrom(long number)
    {
        _ranges.RemoveAll(range => range.From >= number);
        if (_ranges is [.., var last] && last.UpTo >= number - 1) (number, _) = (last.From, _ranges.Remove(last));
        _ranges.Add((number, long.MaxValue));
    }

    /// <summary>Takes away all numbers above one.</summary>
    public void EndAt(long number)
    {
        _ranges.RemoveAll(range => range.From > number);
        if (_ranges is [.., var last] && last.UpTo > number) _ranges[^1] = (last.From, number);
    }

    /// <summary>As PostgreSQL writes a multirange.</summary>
    public override string ToString() => "{" + string.Join(',', _ranges.Select(range =>
        range.UpTo == long.MaxValue ? $"[{range.From},)" : $"[{range.From},{range.UpTo + 1})")) + "}";
}
