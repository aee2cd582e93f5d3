using Microsoft.Extensions.Logging;

namespace OrleansChat.Verification.Simulation.Host;

/// <summary>The log messages of a simulated silo. They never contain a key, an argument or a state.</summary>
internal static partial class SiloLog
{
    [LoggerMessage(9001, LogLevel.Information, "The silo has started with {Count} grain classes")]
    public static partial void Started(this ILogger logger, int count);

    [LoggerMessage(9002, LogLevel.Error, "Activation of a {Grain} failed; its waiting calls fail")]
    public static partial void ActivationFailed(this ILogger logger, Exception exception, string grain);

    [LoggerMessage(9003, LogLevel.Error, "Deactivation of a {Grain} failed; the activation ends nevertheless")]
    public static partial void DeactivationFailed(this ILogger logger, Exception exception, string grain);

    [LoggerMessage(9004, LogLevel.Warning, "A timer callback of a {Grain} failed; the timer continues")]
    public static partial void TimerFailed(this ILogger logger, Exception exception, string grain);

    [LoggerMessage(9005, LogLevel.Warning, "Another writer has changed the state of a {Grain}; deactivating it")]
    public static partial void StateConflict(this ILogger logger, string grain);

    [LoggerMessage(9006, LogLevel.Warning, "The silo stops while calls are still running")]
    public static partial void StillRunning(this ILogger logger);

    [LoggerMessage(9007, LogLevel.Warning, "The silo stops while grains are still active")]
    public static partial void StillActive(this ILogger logger);
}
