namespace OrleansChat.Verification.Ledgers;

/// <summary>Knows who has blocked whom, as far as that is certain, and judges what comes of it.</summary>
internal sealed partial class Ledger
{
    /// <summary>A wish of unknown outcome comes true by then, or never: whatever carries it is answered or dead.</summary>
    private static readonly TimeSpan LongestUnknown = TimeSpan.FromSeconds(60);

    /// <summary>Records that a user is about to be blocked, or unblocked, by the session's.</summary>
    public (RequestEntry Request, WishEntry Wish) BeginBlock(
        ConnectionEntry connection, SessionEntry session, UserEntry peer, bool isBlocked)
    {
        lock (_gate)
        {
            var request = BeginLine(RequestKind.Block, connection, session.User, session, null);
            return (request, BeginWish(session.User, peer, StateOf(isBlocked), request.Begun));
        }
    }

    /// <summary>Records that an operator is about to have a user block another one, or no longer.</summary>
    public WishEntry BeginBlock(UserEntry owner, UserEntry peer, bool isBlocked)
    {
        lock (_gate) return BeginWish(owner, peer, StateOf(isBlocked), Now());
    }

    /// <summary>Records the outcome of a wish.</summary>
    /// <param name="wish">The wish.</param>
    /// <param name="isDone">Whether it was answered that it is done; otherwise it may be done or not.</param>
    public void WishEnded(WishEntry wish, bool isDone)
    {
        lock (_gate)
        {
            if (isDone) wish.Done = Now();
            else wish.Unknown = Now();
        }
    }

    /// <summary>Judges the list of those whom a user has blocked.</summary>
    public void BlocksListed(RequestEntry request, string[] names)
    {
        lock (_gate)
        {
            var now = Now();
            foreach (var peer in _users)
            {
                var isListed = names.Contains(peer.Name);
                if (IsCertain(request.User, peer, isListed ? NotBlocked : Blocked, request.Begun))
                    Accuse(Invariants.BlockedNeverArrives, $"{peer.Name} is {(isListed ? "" : "not ")}among those whom {request.User.Name} "
                        + $"has blocked", WithFaults(AddWishes(new History().Add(request, now), request.User, peer)));
            }
        }
    }

    private static int StateOf(bool isBlocked) => isBlocked ? 1 : 0;

    private static bool Blocked(int state) => state == 1;

    private static bool NotBlocked(int state) => state == 0;

    private void AccuseOfBarred(MessageEntry message, string how, History history)
    {
        var recipient = message.Stream.Recipient;
        var (invariant, why) = recipient.IsRoom
            ? (Invariants.RolesHold, $"its sender could not write to {recipient.Name} when it was sent")
            : (Invariants.BlockedNeverArrives, "its sender had been blocked before it was sent");
        Accuse(invariant, $"{History.Name(message)} {how}, though {why}",
            WithFaults(AddWishes(history.Add(message), recipient, message.Stream.Sender)));
    }
}
