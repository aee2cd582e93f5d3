using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// A session as one connection uses it. Its grain leases it for a moment: until then, the gateway sends without asking it again. Use it
/// for one operation at a time.
/// </summary>
/// <param name="key">The key of the session.</param>
/// <param name="connection">Names the client's connection among those of all gateways.</param>
/// <param name="services">The services that all connections share.</param>
/// <param name="report">Reports the last use under a lease, when the lease has ended; it must not throw.</param>
internal sealed partial class LeasedSession(
    string key, string connection, GatewayServices services, Action<LeasedSession, SessionUse> report)
{
    /// <summary>
    /// The numbers of uses under a lease may be too low by the time that its answer took; a lease that took longer is good for the use
    /// that asked for it, and no other.
    /// </summary>
    internal static readonly TimeSpan LongestAnswer = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// A use in the last part of a lease renews it, so that a client that uses the session all the time has it renewed before its uses are
    /// reported.
    /// </summary>
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMilliseconds(250);

    private readonly SendPermits _permits = new(services.Time);
    private string? _user;
    private long _accountId;
    private long _number;
    private long _askedAt;
    private long _answeredAt;
    private bool _holds;
    private long _unreported;
    private int _isReporting;

    /// <summary>The key of the session.</summary>
    public string Key => key;

    /// <summary>The grain of the session.</summary>
    public ISessionGrain Grain { get; } = services.Grains.Session(key);

    private TimeSpan Left => SessionLease.Lifetime - services.Time.GetElapsedTime(_askedAt);

    /// <summary>Whether the session has ended, as far as this connection knows.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What the account may still send.</summary>
    public SendBudget? Budget => _permits.Budget;

    /// <summary>The account of the session's owner, as the last answer said; 0 before.</summary>
    public long AccountId => _accountId;

    /// <summary>Whether the last loan of permits said that the session's owner has a stream somewhere.</summary>
    public bool HasStreams { get; private set; }

    /// <summary>Whether the last answer of the session's grain was a lease; it may be over by now.</summary>
    public bool IsLeased => _holds;

    private bool Holds => _holds && Left > RenewBefore;

    /// <summary>Takes the last use under a lease that has not been reported; null if there is none. Any thread may call it.</summary>
    public SessionUse? TakeUnreported() =>
        Interlocked.Exchange(ref _unreported, 0) is var number and not 0 ? new SessionUse(_user, Moved: false, number) : null;

    /// <summary>Whether a use is the one that the session's grain has counted, which tells whether the session has moved.</summary>
    public bool HasCounted(SessionUse use) => use.User is null || use.Number == _number;

    /// <summary>Uses the session to send messages.</summary>
    /// <returns>
    /// The use, whose user is null if the session is not open; and how many of the messages, counted from the first, may be sent now.
    /// </returns>
    public ValueTask<(SessionUse Use, int Permitted)> UseAsync(OutgoingMessage[] messages) =>
        Holds && !_permits.Lacks(_permits.CostOf(messages)) ? new((UseAgain(), _permits.Take(messages))) : BorrowAndUseAsync(messages);

    /// <summary>Uses the session again for what it was used for before, without a permit.</summary>
    private async ValueTask<SessionUse> UseAgainAsync() => Holds ? UseAgain() : await RenewAsync(0);

    private async ValueTask<(SessionUse Use, int Permitted)> BorrowAndUseAsync(OutgoingMessage[] messages)
    {
        var use = await RenewAsync(_permits.ToBorrow(_permits.CostOf(messages)));
        return (use, use.User is null ? 0 : _permits.Take(messages));
    }

    private SessionUse UseAgain()
    {
        var number = _number + services.Time.GetElapsedTime(_answeredAt).Ticks;
        Interlocked.Exchange(ref _unreported, number);
        if (Interlocked.Exchange(ref _isReporting, 1) == 0) _ = ReportWhenEndedAsync();
        return new SessionUse(_user, Moved: false, number);
    }

    private async Task ReportWhenEndedAsync()
    {
        // The lease may be renewed meanwhile. Timers cut off fractions of a millisecond.
        while (Left is { Ticks: > 0 } wait) await Task.Delay(wait + TimeSpan.FromMilliseconds(1), services.Time);
        Volatile.Write(ref _isReporting, 0);
        if (TakeUnreported() is { } use) report(this, use);
    }

    /// <summary>Forgets the lease: the session has ended. Nothing of it is reported any more.</summary>
    public void End()
    {
        (IsOver, _holds) = (true, false);
        TakeUnreported();
    }

    private async ValueTask<SessionUse> RenewAsync(int sends)
    {
        _holds = false;
        var askedAt = services.Time.GetTimestamp();
        var lease = await Grain.Lease(connection, sends);
        (_askedAt, _answeredAt) = (askedAt, services.Time.GetTimestamp());
        _permits.Add(lease, sends, askedAt);
        if (sends > 0) HasStreams = lease.HasStreams;
        if (lease.Use.User is null) return default;
        // This use is later than those under the former lease.
        Interlocked.Exchange(ref _unreported, 0);
        (_user, _accountId, _number) = (lease.Use.User, lease.AccountId, lease.Use.Number);
        _holds = services.Time.GetElapsedTime(askedAt, _answeredAt) <= LongestAnswer;
        return lease.Use;
    }
}
