namespace OrleansChat.Verification.Ledgers;

/// <summary>A broken promise, and the shortest history that shows it.</summary>
/// <param name="Invariant">One of <see cref="Invariants"/>.</param>
/// <param name="What">What happened, in one sentence.</param>
/// <param name="History">What the clients did and saw, in chronological order; it holds neither tokens nor passwords.</param>
internal sealed record Violation(string Invariant, string What, IReadOnlyList<string> History);

/// <summary>The names of the invariants.</summary>
internal static class Invariants
{
    public const string AcknowledgedIsDurable = nameof(AcknowledgedIsDurable);
    public const string ReceivedBeforeGone = nameof(ReceivedBeforeGone);
    public const string OnceEach = nameof(OnceEach);
    public const string Order = nameof(Order);
    public const string LoggedOutOpensNothing = nameof(LoggedOutOpensNothing);
    public const string SessionKept = nameof(SessionKept);
    public const string NoGhost = nameof(NoGhost);
    public const string SendsWithinLimit = nameof(SendsWithinLimit);
    public const string ReplyForm = nameof(ReplyForm);
    public const string UnreadIsExact = nameof(UnreadIsExact);
    public const string MarkerOnlyRises = nameof(MarkerOnlyRises);
    public const string BlockedNeverArrives = nameof(BlockedNeverArrives);
    public const string ExpiredIsGone = nameof(ExpiredIsGone);
    public const string PagesLoseNothing = nameof(PagesLoseNothing);
    public const string NumbersFollow = nameof(NumbersFollow);
    public const string NoReadWithoutMembership = nameof(NoReadWithoutMembership);
    public const string RolesHold = nameof(RolesHold);

    /// <summary>All invariants, in the order of a report.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        AcknowledgedIsDurable, ReceivedBeforeGone, OnceEach, Order, LoggedOutOpensNothing, SessionKept, NoGhost, SendsWithinLimit,
        ReplyForm, UnreadIsExact, MarkerOnlyRises, BlockedNeverArrives, ExpiredIsGone, PagesLoseNothing, NumbersFollow,
        NoReadWithoutMembership, RolesHold,
    ];
}
