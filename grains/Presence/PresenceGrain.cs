using OrleansChat.GrainInterfaces;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Grains.Presence;

/// <summary>
/// Takes the gateways' reports into a <see cref="PresenceBook"/>, and forgets the gateways that fall silent.
/// </summary>
/// <remarks>
/// Reports are turns that do not interleave, so a logout is seen either before a report or after it. What a gateway
/// reports as a whole is checked against the database, because a grain that starts afresh has not heard of the logouts
/// before it; a single change is checked against the logouts that the grain remembers.
/// </remarks>
[GrainType("presence")]
public sealed class PresenceGrain(ISessionTable sessions, TimeProvider time) : Grain, IPresenceGrain
{
    /// <summary>
    /// A grain that starts afresh while gateways are up names nobody until each of them has had time to report: it would name
    /// too few.
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
        // A gateway that has just started comes first: the service starts as a whole, and there is nobody to wait for.
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
            // No timer of the grain would do: it ends with the activation's deactivation, which waits for this call.
            await Task.WhenAny(Gathered(), Task.Delay(rest, time));
        }
        return new OnlineUsers(_book.Online());

        // Awaited here, it resumes in a turn of the grain; WhenAny would have it leave them.
        async Task Gathered() => await _isGathered.Task;
    }

    /// <inheritdoc/>
    public Task EndSession(string sessionKey)
    {
        _book.End(sessionKey);
        return Task.CompletedTask;
    }
}
