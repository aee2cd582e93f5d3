using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A timer of an activation. It stops when it is disposed, or when the activation ends.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets when the callback runs next, and the pause between the end of one run and the start of the next.</summary>
    /// <param name="dueTime">The time from now; zero means at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    /// <param name="period">The pause; <see cref="Timeout.InfiniteTimeSpan"/> means that the callback runs once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative or longer than 4,294,967,294 milliseconds.</exception>
    void Change(TimeSpan dueTime, TimeSpan period);
}

/// <summary>When and how the callback of a grain's timer runs.</summary>
public readonly struct GrainTimerCreationOptions
{
    /// <summary>Creates options whose initializer must set both times.</summary>
    public GrainTimerCreationOptions() { }

    /// <summary>Creates options with both times.</summary>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <inheritdoc cref="IGrainTimer.Change"/>
    public required TimeSpan DueTime { get; init; }

    /// <summary>
    /// The pause between the end of one run and the start of the next; <see cref="Timeout.InfiniteTimeSpan"/> means no further run.
    /// </summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Whether the callback may interleave with requests. Otherwise it waits for its turn like a request.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether a run counts as use, so that the activation is not collected.</summary>
    public bool KeepAlive { get; init; }
}
