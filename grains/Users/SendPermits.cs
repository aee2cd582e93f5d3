using OrleansChat.GrainInterfaces;
using OrleansChat.Limits;

namespace OrleansChat.Grains.Users;

/// <summary>
/// What a session may send, borrowed from its account. It borrows what it sends in a second at its present rate, and the
/// next loan while half of this one is left: so a session that sends at a steady rate waits for none, and hardly any is lost.
/// </summary>
/// <remarks>
/// The account gives no more than it gains, and a permit that was not used is lost after <see cref="SendLoan.Lifetime"/>: in
/// any time t, all sessions together send no more than was lent in t and that lifetime before it. Used on a grain's turns.
/// </remarks>
internal sealed class SendPermits(Func<int, Task<int>> borrow, int sendsPerSecond, TimeProvider time)
{
    /// <summary>After a refusal the account is left alone for so long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private const int BytesAPermit = 4096;

    private readonly Queue<Loan> _loans = [];
    private Loan? _last;
    private int _takenSince;
    private long? _refusedAt;
    private Task? _borrowing;

    private bool IsPaused => _refusedAt is { } at && time.GetElapsedTime(at) < Pause;

    /// <summary>What an account may lend. What it lent before, and is still good, comes on top: so much less is there at once.</summary>
    public static RateLimit OfAccount(int sendsPerSecond, TimeProvider time) =>
        new(sendsPerSecond, sendsPerSecond * (AccountLimits.BurstSeconds - SendLoan.Lifetime.TotalSeconds), time);

    /// <summary>What a message costs: a permit, and one more for each 4 KiB; but no more than can be had at once.</summary>
    public int CostOf(OutgoingMessage message) =>
        sendsPerSecond == 0
            ? 1
            : Math.Min(
                1 + (message.Text.Length / BytesAPermit),
                sendsPerSecond * (AccountLimits.BurstSeconds - (int)SendLoan.Lifetime.TotalSeconds));

    /// <summary>Takes as many permits as wanted, or as there are, borrowing what is missing.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="Exception">The account did not answer; nothing was taken.</exception>
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

    /// <summary>What is sent in a second, by what was taken since a loan that is still good.</summary>
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
            // Whoever needs it asks again, and is told.
        }
    }

    private sealed record Loan(int Lent, long At)
    {
        public int Left { get; set; } = Lent;
    }
}
