namespace OrleansChat.Verification.Ledgers;

/// <summary>Knows who has blocked whom, as far as that is certain, and judges what comes of it.</summary>
internal sealed partial class Ledger
{
    /// <summary>A wish of unknown outcome comes true by then, or never: whatever carries it is answered or dead.</summary>
    private static readonly TimeSpan LongestUnknown = TimeSpan.FromSeconds(60);

    /// <summary>Records that a user is about to be blocked, or unblocked, by the session's.</summary>
    public (RequestEntry Request, BlockEntry Wish) BeginBlock(
        ConnectionEntry connection, SessionEntry session, UserEntry peer, bool isBlocked)
    {
        lock (_gate)
        {
            var request = BeginLine(RequestKind.Block, connection, session.User, session, null);
            return (request, BeginWish(session.User, peer, isBlocked, request.Begun));
        }
    }

    /// <summary>Records that an operator is about to have a user block another one, or no longer.</summary>
    public BlockEntry BeginBlock(UserEntry owner, UserEntry peer, bool isBlocked)
    {
        lock (_gate) return BeginWish(owner, peer, isBlocked, Now());
    }

    /// <summary>Records the outcome of a wish.</summary>
    /// <param name="wish">The wish.</param>
    /// <param name="isDone">Whether it was answered that it is done; otherwise it may be done or not.</param>
    public void BlockEnded(BlockEntry wish, bool isDone)
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
                if (IsCertain(request.User, peer, !isListed, request.Begun))
                    Accuse(Invariants.BlockedNeverArrives, $"{peer.Name} is {(isListed ? "" : "not ")}among those whom {request.User.Name} "
                        + $"has blocked", WithFaults(AddBlocks(new History().Add(request, now), request.User, peer)));
            }
        }
    }

    private static BlockEntry BeginWish(UserEntry owner, UserEntry peer, bool isBlocked, Moment begun)
    {
        var wish = new BlockEntry(isBlocked, begun);
        owner.With(peer).Blocks.Add(wish);
        if (isBlocked) return wish;
        // What is still under way may be stored from now on.
        foreach (var message in owner.Incoming.Where(s => s.Sender == peer).SelectMany(s => s.Live.Values))
            message.IsBarred &= message is { Outstanding: 0, IsUnknown: false };
        return wish;
    }

    /// <summary>Whether, at a moment and ever since, one user has certainly blocked another, or certainly not.</summary>
    private static bool IsCertain(UserEntry owner, UserEntry peer, bool isBlocked, Moment when)
    {
        var wishes = owner.With(peer).Blocks;
        if (wishes.Count == 0) return !isBlocked;
        var opposite = wishes.FindAll(wish => wish.IsBlocked != isBlocked);
        if (!isBlocked && opposite.Count == 0) return true;
        return wishes.Exists(wish => wish.IsBlocked == isBlocked && wish.Done is { } done && done.IsBefore(when)
            && opposite.TrueForAll(other => IsOver(other, wish.Begun)));

        static bool IsOver(BlockEntry wish, Moment by) =>
            wish.Done is { } done ? done.IsBefore(by) : wish.Unknown is { } unknown && unknown.At + LongestUnknown < by.At;
    }

    private void AccuseOfBlocked(MessageEntry message, string how, History history) =>
        Accuse(Invariants.BlockedNeverArrives,
            $"{History.Name(message)} {how}, though its sender had been blocked before it was sent",
            WithFaults(AddBlocks(history.Add(message), message.Stream.Recipient, message.Stream.Sender)));

    private static History AddBlocks(History history, UserEntry owner, UserEntry peer)
    {
        foreach (var wish in owner.With(peer).Blocks)
        {
            history.Add(wish.Begun, $"{owner.Name} began to {(wish.IsBlocked ? "block" : "unblock")} {peer.Name}");
            if (wish.Done is { } done) history.Add(done, $"that was answered: {peer.Name} is {(wish.IsBlocked ? "" : "not ")}blocked");
        }
        return history;
    }
}
