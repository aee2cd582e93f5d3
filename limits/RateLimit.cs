namespace OrleansChat.Limits;

/// <summary>
/// A token bucket: it starts full, and gains permits at a fixed rate up to its burst. Not thread-safe.
/// </summary>
/// <remarks>
/// The limiters of System.Threading.RateLimiting accept no <see cref="TimeProvider"/> and allow no debt, and each takes half a
/// kilobyte: here every address has several.
/// </remarks>
/// <param name="perSecond">How many permits it gains per second.</param>
/// <param name="burst">How many permits it holds at most.</param>
/// <param name="time">Measures the time in which permits are gained.</param>
public sealed class RateLimit(double perSecond, double burst, TimeProvider time)
{
    // How many permits are missing from the burst; more than all of them is a debt.
    private double _owed;
    private long _at;

    /// <summary>Whether the bucket is full, and so no different from a new one.</summary>
    public bool IsFull
    {
        get
        {
            Fill();
            return _owed <= 0;
        }
    }

    /// <summary>How many whole permits there are.</summary>
    public int Left
    {
        get
        {
            Fill();
            return (int)Math.Clamp(Math.Floor(burst - _owed), 0, int.MaxValue);
        }
    }

    /// <summary>Takes whole permits: as many as there are, but at most as many as wanted.</summary>
    /// <returns>How many it took; 0 is a refusal.</returns>
    public int Take(int wanted)
    {
        Fill();
        var taken = (int)Math.Clamp(Math.Floor(burst - _owed), 0, wanted);
        _owed += taken;
        return taken;
    }

    /// <summary>Takes permits even if there are too few, and so may run into debt.</summary>
    /// <returns>How long it takes to gain the missing permits; zero if none is missing.</returns>
    public TimeSpan Charge(double permits)
    {
        Fill();
        _owed += permits;
        return _owed <= burst ? TimeSpan.Zero : TimeSpan.FromSeconds((_owed - burst) / perSecond);
    }

    /// <summary>Gives back permits that were taken but not needed.</summary>
    public void GiveBack(int permits) => _owed = Math.Max(0, _owed - permits);

    private void Fill()
    {
        var now = time.GetTimestamp();
        _owed = Math.Max(0, _owed - (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
    }
}
