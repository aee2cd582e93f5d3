using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway;

/// <summary>
/// Reports to the presence grain which sessions are on this gateway's connections: what changed, as soon as the report
/// before is answered, and everything again when the grain asks for it or a report was lost.
/// </summary>
public sealed partial class Presence(IGrainFactory grains, TimeProvider time, ILogger<Presence> logger) : BackgroundService
{
    private readonly HeldSessions _held = new(time);
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _reported = NewSignal();
    private Guid _epoch;
    private long _noticesSeen;
    private long _reports;
    private bool _mustReportAll = true;
    private long _reportedAllAt;
    private bool _isStopped;

    /// <summary>Names this gateway process; a new one for each start.</summary>
    public string GatewayId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>A session logged in on a connection. Completes when presence knows, or cannot be told for now.</summary>
    internal Task LoggedInAsync(ChatConnection connection, string sessionKey, string user)
    {
        connection.PresentSession = sessionKey;
        return Change(() => _held.LoggedIn(connection, sessionKey, user));
    }

    /// <summary>A session's token was accepted on a connection. Completes when presence knows, or cannot be told for now.</summary>
    internal Task UsedAsync(ChatConnection connection, string sessionKey, SessionUse use)
    {
        if (use.User is null || (!use.Moved && connection.PresentSession == sessionKey)) return Task.CompletedTask;
        connection.PresentSession = sessionKey;
        return Change(() => _held.Accepted(connection, sessionKey, use.User));
    }

    /// <summary>A session ended.</summary>
    internal void Ended(string sessionKey) => Change(() => _held.Ended(sessionKey));

    /// <summary>A connection closed.</summary>
    internal void Closed(ChatConnection connection) => Change(() => _held.Closed(connection));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wasTaken = await ReportChanges();
            try
            {
                await _changed.Task.WaitAsync(wasTaken ? PresenceLease.RenewEvery : TimeSpan.FromSeconds(1), time, stoppingToken);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                // Time to renew, or to stop.
            }
        }
        lock (_gate) _isStopped = true;
        _reported.SetResult();
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // The connections end with the process: nobody need wait for the lease to run out.
        await TryReport(new PresenceReport { Gateway = GatewayId, Epoch = _epoch, IsAll = true, NoticesSeen = _noticesSeen, Number = ++_reports });
    }

    /// <summary>Reports until the grain has what it needs, and lets those go on who wait for it; false when it could not be told.</summary>
    private async Task<bool> ReportChanges()
    {
        TaskCompletionSource done;
        PresenceReport report;
        bool wasTaken;
        lock (_gate)
        {
            _changed = NewSignal();
            (done, _reported) = (_reported, NewSignal());
            report = NextReport();
        }
        while ((wasTaken = await TryReport(report)) && _mustReportAll)
        {
            lock (_gate) report = NextReport();
        }
        done.SetResult();
        return wasTaken;
    }

    private PresenceReport NextReport()
    {
        if (time.GetElapsedTime(_reportedAllAt) >= PresenceLease.ReportAllEvery) _mustReportAll = true;
        if (_mustReportAll) _reportedAllAt = time.GetTimestamp();
        var (sessions, dropped) = _mustReportAll ? (_held.All(), []) : _held.TakeChanges();
        return new PresenceReport
        {
            Gateway = GatewayId,
            Epoch = _epoch,
            IsAll = _mustReportAll,
            Held = sessions,
            Dropped = dropped,
            NoticesSeen = _noticesSeen,
            Number = ++_reports,
        };
    }

    /// <summary>False when the grain did not answer: everything must be reported again, after a moment.</summary>
    private async Task<bool> TryReport(PresenceReport report)
    {
        PresenceAnswer? answer = null;
        try
        {
            answer = await grains.GetGrain<IPresenceGrain>(GrainKeys.Presence).Report(report);
        }
        catch (Exception e)
        {
            LogNotReported(logger, e);
        }
        lock (_gate)
        {
            _mustReportAll = answer is null || answer.ReportAll;
            if (answer is null) return false;
            if (answer.Epoch != _epoch) (_epoch, _noticesSeen) = (answer.Epoch, 0);
            foreach (var notice in answer.Forget)
            {
                if (notice.Number <= _noticesSeen) continue;
                _held.Take(notice);
                _noticesSeen = notice.Number;
            }
            return true;
        }
    }

    private Task Change(Func<bool> change)
    {
        lock (_gate)
        {
            if (!change() || _isStopped) return Task.CompletedTask;
            _changed.TrySetResult();
            return _reported.Task;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Presence could not be told who is here; it is told everything again in a second.")]
    private static partial void LogNotReported(ILogger logger, Exception exception);
}
