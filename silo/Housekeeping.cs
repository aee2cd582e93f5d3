using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansChat.Grains.Sessions;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Retention;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Silo;

/// <summary>
/// Deletes once per minute what has had its time: received messages, what removed and erased users left, receipts, expired sessions. Every
/// silo may run it.
/// </summary>
public sealed partial class Housekeeping(
    ISessionTable sessions, MailboxPurge purge, ReceiptPurge receipts, IOptions<ChatSessionOptions> options, TimeProvider time,
    ILogger<Housekeeping> logger) : BackgroundService
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
                // Only this age is certain: the last use is written at most once per hour.
                var expired = await sessions.DeleteExpiredAsync(options.Value.IdleTimeout + ChatSessionOptions.WriteUseEvery);
                var forgotten = await receipts.RunOnceAsync(stoppingToken);
                if (messages > 0 || forgotten > 0 || expired > 0) LogDeleted(messages, forgotten, expired);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(1530, LogLevel.Debug, "Deleted {Messages} received messages, {Receipts} old receipts and {Sessions} expired sessions.")]
    private partial void LogDeleted(long messages, long receipts, int sessions);

    [LoggerMessage(1531, LogLevel.Warning, "Housekeeping failed; trying again in a minute.")]
    private partial void LogFailed(Exception exception);
}
