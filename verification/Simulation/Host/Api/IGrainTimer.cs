using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A timer of an activation. Disposing it stops it; the end of the activation does so too.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets when the callback runs next, and the pause between the end of one run and the start of the next.</summary>
    /// <param name="dueTime">From now; zero is at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    /// <param name="period"><see cref="Timeout.InfiniteTimeSpan"/> means that the callback runs once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative or longer than 4,294,967,294 milliseconds.</exception>
    void Change(TimeSpan dueTime, TimeSpan period);
}

/// <summary>When and how the callback of a grain's timer runs.</summary>
public readonly struct GrainTimerCreationOptions
{
    /// <summary>Options that must name both times.</summary>
    public GrainTimerCreationOptions() { }

    /// <summary>Options with both times.</summary>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <inheritdoc cref="IGrainTimer.Change"/>
    public required TimeSpan DueTime { get; init; }

    /// <summary>
    /// The pause between the end of one run and the start of the next; <see cref="Timeout.InfiniteTimeSpan"/> means none.
    /// </summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Whether the callback may interleave with requests. Otherwise it waits its turn as a request does.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether a run counts as use, so that the activation is not collected.</summary>
    public bool KeepAlive { get; init; }
}
