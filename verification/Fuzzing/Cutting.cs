namespace OrleansChat.Verification.Fuzzing;

/// <summary>Makes failing inputs smaller.</summary>
internal static class Cutting
{
    // A check takes about a millisecond for the largest input, and microseconds for most.
    private const int MaxChecks = 50_000;

    /// <summary>The ranges that can be cut out of a sequence: all of it, its halves, its quarters, down to single elements.</summary>
    public static IEnumerable<(int From, int Count)> Ranges(int length)
    {
        for (var count = length; count > 0; count = count == 1 ? 0 : (count + 1) / 2)
        {
            for (var from = 0; from < length; from += count) yield return (from, Math.Min(count, length - from));
        }
    }

    /// <summary>The arrays that remain when each range is cut out.</summary>
    public static IEnumerable<T[]> Shorter<T>(T[] items) => Ranges(items.Length).Select(range => Without(items, range));

    /// <summary>The texts that remain when each range is cut out.</summary>
    public static IEnumerable<string> Shorter(string text) => Ranges(text.Length).Select(range => text.Remove(range.From, range.Count));

    /// <summary>The array that remains when a range is cut out.</summary>
    public static T[] Without<T>(T[] items, (int From, int Count) range) =>
        [.. items.AsSpan(0, range.From), .. items.AsSpan(range.From + range.Count)];

    /// <summary>The array with one element replaced.</summary>
    public static T[] With<T>(T[] items, int index, T item)
    {
        var copy = items.ToArray();
        copy[index] = item;
        return copy;
    }

    /// <summary>Cuts parts out of an input as long as it still shows a difference.</summary>
    /// <returns>The smallest input that was found; nothing more can be cut from it, unless the limit of checks was reached.</returns>
    public static IFuzzInput Minimize(IFuzzInput failing, Func<IFuzzInput, string?> check)
    {
        var checks = 0;
        while (checks < MaxChecks
            && failing.Smaller().FirstOrDefault(smaller => ++checks <= MaxChecks && check(smaller) is not null) is { } found)
            failing = found;
        return failing;
    }
}
