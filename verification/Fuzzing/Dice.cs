namespace OrleansChat.Verification.Fuzzing;

/// <summary>
/// The random choices of one input, decided by a seed and the input's number: SplitMix64 (Steele, Lea, Flood 2014). Not thread-safe.
/// </summary>
internal sealed class Dice(int seed, long number)
{
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;
    private ulong _state = Mix(Mix((uint)seed + Gamma) + ((ulong)number * Gamma));

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += Gamma);

    /// <summary>A number from 0 up to but excluding the limit, which is at least 1.</summary>
    public int Below(int limit) => (int)(((Next() >> 32) * (uint)limit) >> 32);

    /// <summary>A number within bounds, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>True with a probability of one in this many.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    /// <summary>One of the items, at random.</summary>
    public T Of<T>(T[] items) => items[Below(items.Length)];

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
