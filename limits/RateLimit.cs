namespace OrleansChat.Limits;

/// <summary>
/// A token bucket: full at first, it gains so many permits a second, up to what it holds. Not thread-safe.
/// </summary>
/// <remarks>
/// The limiters of System.Threading.RateLimiting take no clock, and cost half a kilobyte each: there is one an address here.
/// </remarks>
/// <param name="perSecond">Permits gained a second.</param>
/// <param name="burst">What it holds at most.</param>
/// <param name="time">The clock.</param>
public sealed class RateLimit(double perSecond, double burst, TimeProvider time)
{
    // Missing from the burst.
    private double _owed;
    private long _at;

    /// <summary>Whether nothing was taken lately: a new one would be the same.</summary>
    public bool IsFull
    {
        get
        {
            Fill();
            return _owed <= 0;
        }
    }

    /// <summary>Takes so many whole permits as there are, and at most as many as wanted.</summary>
    /// <returns>How many it took; 0 is a refusal.</returns>
    public int Take(int wanted)
    {
        Fill();
        var taken = (int)Math.Clamp(Math.Floor(burst - _owed), 0, wanted);
        _owed += taken;
        return taken;
    }

    /// <summary>Takes permits whether there are as many or not.</summary>
    /// <returns>How long it will be until what is missing has been gained; zero where nothing is.</returns>
    public TimeSpan Charge(double permits)
    {
        Fill();
        _owed += permits;
        return _owed <= burst ? TimeSpan.Zero : TimeSpan.FromSeconds((_owed - burst) / perSecond);
    }

    /// <summary>Gives permits back that were taken and not needed.</summary>
    public void GiveBack(int permits) => _owed = Math.Max(0, _owed - permits);

    private void Fill()
    {
        var now = time.GetTimestamp();
        _owed = Math.Max(0, _owed - (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
    }
}
