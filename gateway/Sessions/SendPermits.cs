using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// The permits to send that an account has lent to a session on one connection. It borrows what it sends in one second at its present
/// rate, so that a steady sender borrows once a second, and few permits are lost. Not thread-safe.
/// </summary>
/// <remarks>
/// The account lends no more than it gains, and an unused permit expires after <see cref="SessionLease.Lifetime"/>. So in any time t,
/// all sessions together, on whatever gateways, send no more than the account lent in t and in that lifetime before t.
/// </remarks>
internal sealed class SendPermits(TimeProvider time)
{
    /// <summary>The account is asked for nothing for this long after a refusal.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The size of the text that one permit pays for; a longer one costs a permit for each such part.</summary>
    private const int BytesPerPermit = 4096;

    private readonly Queue<Loan> _loans = [];
    private int? _perSecond;
    private int _left;
    private int _takenSince;
    private long _lentAt;
    private long? _refusedAt;

    private bool IsPaused => _refusedAt is { } at && time.GetElapsedTime(at) < Pause;

    /// <summary>What the account may still send, as far as is known here; null where it is not limited, or nothing is known.</summary>
    public SendBudget? Budget => _perSecond is > 0 and var rate ? new SendBudget(rate, _left + Held()) : null;

    /// <summary>The cost of messages.</summary>
    public int CostOf(ReadOnlySpan<OutgoingMessage> messages)
    {
        if (_perSecond == 0) return messages.Length;
        var cost = 0;
        foreach (var message in messages) cost += CostOf(message);
        return cost;
    }

    /// <summary>Whether to borrow before messages of this cost are sent.</summary>
    public bool Lacks(int cost) => _perSecond != 0 && Held() < cost && !IsPaused;

    /// <summary>How many permits to borrow for messages of this cost, and for what follows soon.</summary>
    public int ToBorrow(int cost) =>
        _perSecond == 0 || IsPaused ? 0 : Math.Max(0, Math.Max(cost, Math.Clamp(Rate(), 1, _perSecond ?? 1)) - Held());

    /// <summary>Adds a loan.</summary>
    /// <param name="lease">What the account has lent.</param>
    /// <param name="wanted">What it was asked for.</param>
    /// <param name="askedAt">The timestamp from before it was asked.</param>
    public void Add(SessionLease lease, int wanted, long askedAt)
    {
        _perSecond = lease.SendsPerSecond;
        if (wanted == 0) return;
        _left = lease.Left;
        _loans.Enqueue(new Loan(askedAt) { Left = lease.Sends });
        (_takenSince, _lentAt) = (0, askedAt);
        if (lease.Sends < wanted) _refusedAt = time.GetTimestamp();
    }

    /// <summary>Takes permits for messages.</summary>
    /// <returns>For how many of them, counted from the first.</returns>
    public int Take(ReadOnlySpan<OutgoingMessage> messages)
    {
        if (_perSecond == 0) return messages.Length;
        var (left, count) = (Held(), 0);
        while (count < messages.Length && CostOf(messages[count]) is var cost && cost <= left)
        {
            left -= cost;
            count++;
            Take(cost);
        }
        return count;
    }

    private int CostOf(OutgoingMessage message)
    {
        var cost = 1 + (message.Text.Length / BytesPerPermit);
        // No message costs more than the account can lend at once.
        return _perSecond is { } rate ? Math.Min(cost, rate * SessionLease.MostSeconds) : cost;
    }

    private int Held()
    {
        while (_loans.TryPeek(out var first) && (first.Left == 0 || time.GetElapsedTime(first.At) >= SessionLease.Lifetime))
            _loans.Dequeue();
        var held = 0;
        foreach (var loan in _loans) held += loan.Left;
        return held;
    }

    private void Take(int count)
    {
        _takenSince += count;
        foreach (var loan in _loans)
        {
            var taken = Math.Min(loan.Left, count);
            loan.Left -= taken;
            count -= taken;
        }
    }

    /// <summary>The permits per second that were taken since the last loan, if that was not long ago.</summary>
    private int Rate()
    {
        var elapsed = time.GetElapsedTime(_lentAt);
        return elapsed >= 2 * SessionLease.Lifetime ? 0 : (int)Math.Min(int.MaxValue, _takenSince / Math.Max(elapsed.TotalSeconds, 0.001));
    }

    private sealed record Loan(long At)
    {
        public int Left { get; set; }
    }
}

/// <summary>What an account may send.</summary>
/// <param name="PerSecond">How many messages it gains per second; ten times as many at once.</param>
/// <param name="Left">How many it may send at once now, at least.</param>
internal readonly record struct SendBudget(int PerSecond, int Left);
