using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// Reports to the presence grain which sessions are on this gateway's connections: what changed, as soon as the report
/// before is answered, and everything again when the grain asks for it or a report was lost.
/// </summary>
public sealed partial class Presence(IChatGrains grains, TimeProvider time, ILogger<Presence> logger) : BackgroundService
{
    /// <summary>A command waits for presence no longer than this: what it did is done.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly PresenceReports _reports = new(Guid.NewGuid().ToString("N"), time);
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _reported = NewSignal();
    private bool _isStopped;

    /// <summary>Names this gateway process; a new one for each start.</summary>
    public string GatewayId => _reports.Gateway;

    /// <summary>A session logged in on a connection. Completes when presence knows, or cannot be told for now.</summary>
    internal Task LoggedInAsync(ClientSession client, string sessionKey, string user) =>
        client.HasLeft ? Task.CompletedTask : ToldAsync(Change(held => held.LoggedIn(client, sessionKey, user)));

    /// <summary>A session's token was accepted on a connection. Completes when presence knows, or cannot be told for now.</summary>
    /// <returns>Whether that was news.</returns>
    internal ValueTask<bool> UsedAsync(ClientSession client, string sessionKey, SessionUse use) =>
        use.User is null || client.HasLeft || (!use.Moved && client.PresentSession == sessionKey)
            ? ValueTask.FromResult(false)
            : MovedAsync(client, sessionKey, use);

    private async ValueTask<bool> MovedAsync(ClientSession client, string sessionKey, SessionUse use)
    {
        await ToldAsync(Change(held => held.Accepted(client, sessionKey, use)));
        return true;
    }

    /// <summary>A session ended.</summary>
    internal void Ended(string sessionKey) => Change(held => held.Ended(sessionKey));

    /// <summary>A connection closed.</summary>
    internal void Closed(ClientSession client) => Change(held => held.Closed(client));

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    /// <summary>Reports until it is stopped.</summary>
    internal async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wasTaken = await ReportChanges();
            // Until something changed, or it is time to renew, or to stop.
            await Signaled(_changed.Task).WaitAsync(wasTaken ? PresenceLease.RenewEvery : TimeSpan.FromSeconds(1), time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
        lock (_gate) _isStopped = true;
        _reported.SetResult();
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // The connections end with the process: nobody need wait for the lease to run out.
        await TryReport(_reports.Farewell());
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
            report = _reports.Next();
        }
        while ((wasTaken = await TryReport(report)) && _reports.MustReportAll)
        {
            lock (_gate) report = _reports.Next();
        }
        done.SetResult();
        return wasTaken;
    }

    /// <summary>False when the grain did not answer: everything must be reported again, after a moment.</summary>
    private async Task<bool> TryReport(PresenceReport report)
    {
        PresenceAnswer? answer = null;
        try
        {
            answer = await grains.Presence().Report(report);
        }
        catch (Exception e)
        {
            LogNotReported(logger, e);
        }
        lock (_gate) _reports.Answered(report, answer);
        return answer is not null;
    }

    private Task Change(Func<HeldSessions, bool> change)
    {
        lock (_gate)
        {
            if (!change(_reports.Held) || _isStopped) return Task.CompletedTask;
            _changed.TrySetResult();
            return _reported.Task;
        }
    }

    private async Task ToldAsync(Task told) => await Signaled(told).WaitAsync(LongestWait, time)
        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Awaited like this a signal resumes in its waiter's context, where WaitAsync alone leaves for the thread pool.</summary>
    private static async Task Signaled(Task signal) => await signal;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Presence could not be told who is here; it is told everything again in a second.")]
    private static partial void LogNotReported(ILogger logger, Exception exception);
}
