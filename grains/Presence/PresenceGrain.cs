using OrleansChat.GrainInterfaces;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Grains.Presence;

/// <summary>
/// Applies the gateways' reports to a <see cref="PresenceBook"/>, and forgets gateways that fall silent.
/// </summary>
/// <remarks>
/// The grain checks a full report against the database, because a newly started grain has not seen earlier logouts; it checks a
/// single change against the logouts that it remembers. Nobody waits for the look-up of a full report but its gateway: a logout
/// that comes meanwhile is remembered, and the book asks for it when the look-up is done.
/// </remarks>
[GrainType("presence")]
public sealed class PresenceGrain(ISessionTable sessions, TimeProvider time) : Grain, IPresenceGrain
{
    /// <summary>
    /// A grain that starts while gateways are up answers only after each of them has had time to report; before, it would name
    /// too few users.
    /// </summary>
    private static readonly TimeSpan GatherTime = PresenceLease.RenewEvery + TimeSpan.FromSeconds(1);

    private readonly PresenceBook _book = new(Guid.NewGuid(), time);
    private readonly TaskCompletionSource _isGathered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _start = time.GetTimestamp();
    private bool _hasReport;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(
            static (grain, _) => { grain._book.ForgetSilent(); return Task.CompletedTask; },
            this,
            new GrainTimerCreationOptions(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)) { KeepAlive = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<PresenceAnswer> Report(PresenceReport report)
    {
        // If the first report comes from a newly started gateway, the whole service is starting: there is nobody to wait for.
        if (!_hasReport && report.Epoch == Guid.Empty) _isGathered.TrySetResult();
        _hasReport = true;
        if (!report.IsAll) return _book.Change(report);
        if (report.Held.Length == 0) return _book.Replace(report, new HashSet<string>());
        var alive = await sessions.GetAliveAsync([.. report.Held.Select(held => held.SessionKey)]);
        return _book.Replace(report, alive);
    }

    /// <inheritdoc/>
    public async Task<OnlineUsers> GetOnline()
    {
        if (!_isGathered.Task.IsCompleted && GatherTime - time.GetElapsedTime(_start) is { Ticks: > 0 } rest)
        {
            // A grain timer would not do: it stops when the activation deactivates, which waits for this call.
            await Task.WhenAny(Gathered(), Task.Delay(rest, time));
        }
        return new OnlineUsers(_book.Online());

        // This await resumes on a turn of the grain; WhenAny alone would resume outside.
        async Task Gathered() => await _isGathered.Task;
    }

    /// <inheritdoc/>
    public Task EndSession(string sessionKey)
    {
        _book.End(sessionKey);
        return Task.CompletedTask;
    }
}
