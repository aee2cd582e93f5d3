using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// Reports to the presence grain which sessions are on this gateway's connections: the changes, as soon as the previous report is
/// answered, and everything again when the grain asks for it or a report was lost.
/// </summary>
public sealed partial class Presence(IChatGrains grains, TimeProvider time, ILogger<Presence> logger) : BackgroundService
{
    /// <summary>How long a command waits for presence at most; the command itself is done by then.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>An answer shows for this long that there are grains: a few reports may be lost.</summary>
    private static readonly TimeSpan AnswerHolds = PresenceLease.RenewEvery * 4;

    private readonly PresenceReports _reports = new(Guid.NewGuid().ToString("N"), time);
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _reported = NewSignal();
    private bool _isStopped;
    private (long At, bool Is) _answered;

    /// <summary>Names this gateway process; each start has a new name.</summary>
    public string GatewayId => _reports.Gateway;

    /// <summary>Whether the grains have answered lately, and this process is not stopping: it can serve clients.</summary>
    public bool IsAnswered
    {
        get
        {
            lock (_gate) return _answered.Is && !_isStopped && time.GetElapsedTime(_answered.At) < AnswerHolds;
        }
    }

    /// <summary>Reports a login on a connection. Completes when presence knows of it, or cannot be told for now.</summary>
    internal Task LoggedInAsync(ClientSession client, string sessionKey, string user) =>
        ToldAsync(Change(held => !client.HasLeft && held.LoggedIn(client, sessionKey, user)));

    /// <summary>Reports that a token was accepted on a connection. Completes when presence knows, or cannot be told for now.</summary>
    /// <returns>Whether that was news.</returns>
    internal ValueTask<bool> UsedAsync(ClientSession client, string sessionKey, SessionUse use)
    {
        if (use.User is null) return ValueTask.FromResult(false);
        if (use.Moved || client.ReportedSession != sessionKey) return MovedAsync(client, sessionKey, use);
        lock (_gate) _reports.Held.UsedAgain(client, sessionKey, use.Number);
        return ValueTask.FromResult(false);
    }

    private async ValueTask<bool> MovedAsync(ClientSession client, string sessionKey, SessionUse use)
    {
        var told = Change(held => Accept(held, client, sessionKey, use));
        if (!client.HasLeft) await ToldAsync(told);
        return true;
    }

    /// <summary>Reports the last use under a lease.</summary>
    internal void UsedBefore(ClientSession client, LeasedSession session, SessionUse use) =>
        Change(held => !session.IsOver && Accept(held, client, session.Key, use));

    /// <summary>Records a use. If it is answered after its client has gone, the session is on no connection by now.</summary>
    private static bool Accept(HeldSessions held, ClientSession client, string sessionKey, SessionUse use)
    {
        var isNews = held.Accepted(client, sessionKey, use);
        return (client.HasLeft && held.Closed(client)) || isNews;
    }

    /// <summary>Reports that a session has ended.</summary>
    internal void Ended(string sessionKey) => Change(held => held.Ended(sessionKey));

    /// <summary>Reports that a connection has closed, and the last use on it, if that was under a lease.</summary>
    internal void Closed(ClientSession client, LeasedSession? session, SessionUse? last) => Change(held =>
    {
        var isUsed = last is { } use && !session!.IsOver && held.Accepted(client, session.Key, use);
        return held.Closed(client) || isUsed;
    });

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    /// <summary>Reports until the process stops.</summary>
    internal async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wasTaken = await ReportChanges();
            // Wait until something changes, or it is time to renew, or to stop.
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
        // The connections end with the process: presence need not wait for the lease to expire.
        await TryReport(_reports.Farewell());
    }

    /// <summary>Reports until the grain has what it needs, and resumes those who wait for it; false if a report failed.</summary>
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

    /// <summary>Sends one report; false if the grain did not answer, and everything must be reported again after a moment.</summary>
    private async Task<bool> TryReport(PresenceReport report)
    {
        PresenceAnswer? answer = null;
        try
        {
            answer = await grains.Presence().Report(report);
        }
        catch (Exception exception)
        {
            LogNotReported(exception);
        }
        lock (_gate)
        {
            _reports.Answered(report, answer);
            if (answer is not null) _answered = (time.GetTimestamp(), true);
            // A notice was overtaken by a later use here.
            if (_reports.Held.HasChanges) _changed.TrySetResult();
        }
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

    /// <summary>Makes a signal resume in its waiter's context; after WaitAsync alone the waiter would resume on the thread pool.</summary>
    private static async Task Signaled(Task signal) => await signal;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(2304, LogLevel.Warning, "Presence report failed; sending a full report in 1 s.")]
    private partial void LogNotReported(Exception exception);
}
