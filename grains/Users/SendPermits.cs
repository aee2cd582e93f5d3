using OrleansChat.GrainInterfaces;
using OrleansChat.Limits;

namespace OrleansChat.Grains.Users;

/// <summary>
/// The send permits of a session, borrowed from its account. A session borrows what it sends in one second at its present rate,
/// and the next loan once less than half of this one is left; so a steady sender never waits, and few permits are lost.
/// </summary>
/// <remarks>
/// The account lends no more than it gains, and an unused permit expires after <see cref="SendLoan.Lifetime"/>. So in any time t,
/// all sessions together send no more than the account lent in t and in that lifetime before t. Used on a grain's turns.
/// </remarks>
internal sealed class SendPermits(Func<int, Task<int>> borrow, int sendsPerSecond, TimeProvider time)
{
    /// <summary>The session asks its account for nothing for this long after a refusal.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private const int BytesPerPermit = 4096;

    private readonly Queue<Loan> _loans = [];
    private Loan? _last;
    private int _takenSince;
    private long? _refusedAt;
    private Task? _borrowing;

    private bool IsPaused => _refusedAt is { } at && time.GetElapsedTime(at) < Pause;

    /// <summary>Creates the limit of what an account may lend. Its burst is smaller by the loans that may still be valid.</summary>
    public static RateLimit OfAccount(int sendsPerSecond, TimeProvider time) =>
        new(sendsPerSecond, sendsPerSecond * (AccountLimits.BurstSeconds - SendLoan.Lifetime.TotalSeconds), time);

    /// <summary>The cost of a message: one permit, and one more for each 4 KiB, but no more than an account can lend at once.</summary>
    public int CostOf(OutgoingMessage message) =>
        sendsPerSecond == 0
            ? 1
            : Math.Min(
                1 + (message.Text.Length / BytesPerPermit),
                sendsPerSecond * (AccountLimits.BurstSeconds - (int)SendLoan.Lifetime.TotalSeconds));

    /// <summary>Takes as many permits as wanted, or as are available, borrowing the missing ones.</summary>
    /// <returns>The number of permits taken.</returns>
    /// <exception cref="Exception">The account did not answer, and no permit was taken.</exception>
    public ValueTask<int> TakeAsync(int wanted)
    {
        if (sendsPerSecond == 0) return ValueTask.FromResult(wanted);
        if (Held() < wanted) return BorrowAndTakeAsync(wanted);
        Take(wanted);
        if (_last is { } last && last.Left < last.Lent / 2 && _borrowing is null) _ = BorrowAheadAsync();
        return ValueTask.FromResult(wanted);
    }

    private async ValueTask<int> BorrowAndTakeAsync(int wanted)
    {
        while (Held() < wanted && !IsPaused)
        {
            // Another command of this session may be borrowing.
            if (_borrowing is { } other) await other;
            else await BorrowAsync(wanted - Held());
        }
        var taken = Math.Min(Held(), wanted);
        Take(taken);
        return taken;
    }

    private int Held()
    {
        while (_loans.TryPeek(out var first) && (first.Left == 0 || time.GetElapsedTime(first.At) >= SendLoan.Lifetime)) _loans.Dequeue();
        return _loans.Sum(loan => loan.Left);
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

    private async Task BorrowAsync(int missing)
    {
        var done = new TaskCompletionSource();
        _borrowing = done.Task;
        try
        {
            var now = time.GetTimestamp();
            var lent = await borrow(Math.Max(missing, Math.Clamp(RateSince(_last, now), 1, sendsPerSecond)));
            _loans.Enqueue(_last = new Loan(lent, now));
            _takenSince = 0;
            if (lent < missing) _refusedAt = time.GetTimestamp();
        }
        finally
        {
            _borrowing = null;
            done.SetResult();
        }
    }

    /// <summary>The sends per second, estimated from the permits taken since a loan that is still valid.</summary>
    private int RateSince(Loan? loan, long now)
    {
        if (loan is null || time.GetElapsedTime(loan.At, now) is var elapsed && elapsed >= SendLoan.Lifetime) return 0;
        return (int)Math.Min(sendsPerSecond, _takenSince / Math.Max(elapsed.TotalSeconds, 0.001));
    }

    private async Task BorrowAheadAsync()
    {
        try
        {
            await BorrowAsync(0);
        }
        catch (Exception)
        {
            // The next send that needs a permit borrows again, and gets the exception.
        }
    }

    private sealed record Loan(int Lent, long At)
    {
        public int Left { get; set; } = Lent;
    }
}
