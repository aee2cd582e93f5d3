using Microsoft.Extensions.Logging;

namespace OrleansChat.Verification.Simulation.Host;

/// <summary>What a simulated silo logs. Never a key, an argument or a state.</summary>
internal static partial class SiloLog
{
    [LoggerMessage(1, LogLevel.Information, "The silo has started, with {Count} grain classes")]
    public static partial void Started(this ILogger logger, int count);

    [LoggerMessage(2, LogLevel.Error, "A {Grain} could not be activated")]
    public static partial void ActivationFailed(this ILogger logger, Exception exception, string grain);

    [LoggerMessage(3, LogLevel.Error, "A {Grain} was deactivated with an error")]
    public static partial void DeactivationFailed(this ILogger logger, Exception exception, string grain);

    [LoggerMessage(4, LogLevel.Warning, "A timer of a {Grain} failed; it goes on")]
    public static partial void TimerFailed(this ILogger logger, Exception exception, string grain);

    [LoggerMessage(5, LogLevel.Warning, "A {Grain} is deactivated: its state was changed by another writer")]
    public static partial void StateConflict(this ILogger logger, string grain);

    [LoggerMessage(6, LogLevel.Warning, "The silo stops while calls are still running")]
    public static partial void StillRunning(this ILogger logger);

    [LoggerMessage(7, LogLevel.Warning, "The silo stops while grains are still active")]
    public static partial void StillActive(this ILogger logger);
}
