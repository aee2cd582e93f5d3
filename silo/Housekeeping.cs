using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansChat.Grains.Sessions;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Silo;

/// <summary>Deletes what nobody can see any more: messages that were read, sessions that have expired. Safe to run in every silo.</summary>
public sealed partial class Housekeeping(
    ISessionTable sessions, MailboxPurge purge, IOptions<ChatSessionOptions> options, TimeProvider time, ILogger<Housekeeping> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var messages = await purge.RunOnceAsync(stoppingToken);
                // A session is sure to have expired only when its last written use is that old.
                var expired = await sessions.DeleteExpiredAsync(options.Value.IdleTimeout + ChatSessionOptions.WriteUseEvery);
                if (messages > 0 || expired > 0) LogDeleted(logger, messages, expired);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(logger, e);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Debug, Message = "Deleted {Messages} messages that were read and {Sessions} sessions that have expired.")]
    private static partial void LogDeleted(ILogger logger, long messages, int sessions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Housekeeping failed; it is tried again in a minute.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
