namespace OrleansChat.Verification.Ledgers;

/// <summary>
/// Records what the clients did and saw, and checks the invariants on each event. Thread-safe; no call waits. A message is forgotten
/// once its fate is settled, so that a long run needs little memory.
/// </summary>
/// <param name="time">The clock for all judgements, through its timestamps.</param>
/// <param name="sendsPerSecond">The messages per second that an account may send; 0 if that is not limited.</param>
/// <param name="tag">Marks this run's messages, without a space; other messages are ignored.</param>
internal sealed partial class Ledger(TimeProvider time, int sendsPerSecond = 0, string tag = "v1")
{
    private const int MaxViolations = 100;
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private readonly List<Violation> _violations = [];
    private readonly TaskCompletionSource _violated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, long> _violationCounts = Invariants.All.ToDictionary(name => name, _ => 0L);
    private readonly long[,] _operations = new long[Enum.GetValues<RequestKind>().Length, Enum.GetValues<RequestOutcome>().Length];
    private readonly long[,] _webOperations = new long[Enum.GetValues<RequestKind>().Length, Enum.GetValues<RequestOutcome>().Length];
    private readonly Dictionary<string, UserEntry> _usersByName = [];
    private readonly List<UserEntry> _users = [];
    private readonly List<(Moment From, TaskCompletionSource<TimeSpan> Wait)> _acknowledgementWaits = [];
    private TimeSpan? _lastAcknowledged;
    private TimeSpan _longestSilence;
    private long _order;
    private long _acknowledged;
    private long _handedOver;

    /// <summary>The first 100 violations at most; <see cref="Statistics"/> counts all of them.</summary>
    public IReadOnlyList<Violation> Violations { get { lock (_gate) return [.. _violations]; } }

    /// <summary>Completes with the first violation.</summary>
    public Task Violated => _violated.Task;

    /// <summary>The numbers so far.</summary>
    public LedgerStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return new LedgerStatistics(CountsOf(_operations), CountsOf(_webOperations), _acknowledged, _handedOver,
                    new Dictionary<string, long>(_violationCounts),
                    _longestSilence, _longestGhost, _longestMissing, _judgedOffline, _judgedOnline);
            }
        }
    }

    /// <summary>The entry of a user, or of a room such as <c>#general</c>, which is made if the name is new.</summary>
    public UserEntry User(string name)
    {
        lock (_gate)
        {
            if (_usersByName.TryGetValue(name, out var user)) return user;
            user = _usersByName[name] = new UserEntry(name);
            if (!user.IsRoom) _users.Add(user);
            return user;
        }
    }

    /// <summary>The time from now until a send that begins after now is answered `Message Sent`.</summary>
    public Task<TimeSpan> NextAcknowledgementAsync()
    {
        var wait = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _acknowledgementWaits.Add((Now(), wait));
        return wait.Task;
    }

    /// <summary>What clients were told about repeatable sends: the latest 200,000 IDs, each with its message's ID.</summary>
    public IReadOnlyList<(string OnceId, Guid MessageId)> Receipts { get { lock (_gate) return [.. _receipts]; } }

    /// <summary>The number of acknowledged messages to the user whose receipt is not final.</summary>
    public int BacklogOf(UserEntry user)
    {
        lock (_gate) return user.Backlog;
    }

    /// <summary>Records that the user's mailbox was read to its end: <see cref="Finish"/> may judge what did not come.</summary>
    public void Drained(UserEntry user)
    {
        lock (_gate) user.IsDrained = true;
    }

    /// <summary>Judges acknowledged messages that never came. Call it once, when no request is under way any more.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            foreach (var message in _streams.Where(s => s.Recipient.IsDrained).SelectMany(s => s.Live.Values))
                if (IsGone(message)) AccuseOfLoss(message, new History(), "the mailbox was read until it was empty, and it never came");
        }
    }

    private static Dictionary<(RequestKind, RequestOutcome), long> CountsOf(long[,] counts)
    {
        var operations = new Dictionary<(RequestKind, RequestOutcome), long>();
        foreach (var kind in Enum.GetValues<RequestKind>())
            foreach (var outcome in Enum.GetValues<RequestOutcome>())
                operations[(kind, outcome)] = counts[(int)kind, (int)outcome];
        return operations;
    }

    private void Count(RequestEntry request, RequestOutcome outcome) =>
        (request.Connection.IsShown ? _operations : _webOperations)[(int)request.Kind, (int)outcome]++;

    private Moment Now() => new(++_order, time.GetElapsedTime(_start));

    private void Accuse(string invariant, string what, History history)
    {
        _violationCounts[invariant]++;
        if (_violations.Count < MaxViolations) _violations.Add(new Violation(invariant, what, history.ToLines()));
        _violated.TrySetResult();
    }

    private void CountAcknowledgement(RequestEntry request, Moment now)
    {
        _acknowledged++;
        if (_lastAcknowledged is { } last && now.At - last > _longestSilence) _longestSilence = now.At - last;
        _lastAcknowledged = now.At;
        for (var i = _acknowledgementWaits.Count - 1; i >= 0; i--)
        {
            var (from, wait) = _acknowledgementWaits[i];
            if (!from.IsBefore(request.Begun)) continue;
            wait.TrySetResult(now.At - from.At);
            _acknowledgementWaits.RemoveAt(i);
        }
    }
}
