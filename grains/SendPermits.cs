using OrleansChat.GrainInterfaces;
using OrleansChat.Limits;

namespace OrleansChat.Grains;

/// <summary>
/// What a session may send, borrowed from its account. It borrows twice as much each time while it goes on sending, and the
/// next loan while half of this one is left: so a session that sends at a steady rate waits for none.
/// </summary>
/// <remarks>
/// The account gives no more than it gains, and a permit that was not used is lost after <see cref="SendLoan.Lifetime"/>: in
/// any time t, all sessions together send no more than was lent in t and that lifetime before it. Used on a grain's turns.
/// </remarks>
internal sealed class SendPermits(Func<int, Task<int>> borrow, int sendsPerSecond, TimeProvider time)
{
    /// <summary>After a refusal the account is left alone for so long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Queue<Loan> _loans = [];
    private Loan? _last;
    private long? _refusedAt;
    private Task? _borrowing;

    private bool IsPaused => _refusedAt is { } at && time.GetElapsedTime(at) < Pause;

    /// <summary>What an account may lend. What it lent before, and is still good, comes on top: so much less is there at once.</summary>
    public static RateLimit OfAccount(int sendsPerSecond, TimeProvider time) =>
        new(sendsPerSecond, sendsPerSecond * (AccountLimits.BurstSeconds - SendLoan.Lifetime.TotalSeconds), time);

    /// <summary>Takes permits for as many of the messages as there are, borrowing what is missing.</summary>
    /// <returns>For how many; the first ones are to be sent.</returns>
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
            var goesOn = _last is not null && time.GetElapsedTime(_last.At, now) < SendLoan.Lifetime;
            var lent = await borrow(Math.Max(missing, goesOn ? Math.Min(_last!.Lent * 2, sendsPerSecond) : 1));
            _loans.Enqueue(_last = new Loan(lent, now));
            if (lent < missing) _refusedAt = time.GetTimestamp();
        }
        finally
        {
            _borrowing = null;
            done.SetResult();
        }
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
