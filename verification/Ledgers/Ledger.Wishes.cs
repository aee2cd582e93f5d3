using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Verification.Ledgers;

/// <summary>Knows what users are to each other, and to rooms, as far as that is certain.</summary>
internal sealed partial class Ledger
{
    private static WishEntry BeginWish(UserEntry owner, UserEntry peer, int state, Moment begun)
    {
        var wish = new WishEntry(state, begun);
        owner.With(peer).Wishes.Add(wish);
        if (!IsWelcome(owner, state)) return wish;
        // What is still under way may be stored from now on.
        foreach (var message in owner.Incoming.Where(s => s.Sender == peer).SelectMany(s => s.Live.Values))
            message.IsBarred &= message is { Outstanding: 0, IsUnknown: false };
        return wish;
    }

    /// <summary>Whether somebody in a state may write to a user, or to a room.</summary>
    private static bool IsWelcome(UserEntry owner, int state) => owner.IsRoom ? state >= (int)MemberRole.Member : state == 0;

    /// <summary>Whether, at a moment and ever since, somebody could certainly write to a user or to a room, or certainly not.</summary>
    private static bool IsCertainlyWelcome(UserEntry owner, UserEntry peer, bool isWelcome, Moment when) =>
        IsCertain(owner, peer, state => IsWelcome(owner, state) == isWelcome, when);

    /// <summary>Whether, at a moment and ever since, something is certainly so.</summary>
    private static bool IsCertain(UserEntry owner, UserEntry peer, Predicate<int> isSo, Moment when) =>
        IsCertain(owner.With(peer).Wishes, isSo, when);

    private static bool IsCertain(List<WishEntry> wishes, Predicate<int> isSo, Moment when)
    {
        var opposite = wishes.FindAll(wish => !isSo(wish.State));
        if (isSo(0) && opposite.Count == 0) return true;
        return wishes.Exists(wish => isSo(wish.State) && wish.Done is { } done && done.IsBefore(when)
            && opposite.TrueForAll(other => IsOver(other, wish.Begun)));

        static bool IsOver(WishEntry wish, Moment by) =>
            wish.Done is { } done ? done.IsBefore(by) : wish.Unknown is { } unknown && unknown.At + LongestUnknown < by.At;
    }

    private static History AddWishes(History history, UserEntry owner, UserEntry peer)
    {
        foreach (var wish in owner.With(peer).Wishes)
        {
            var what = owner.IsRoom ? $"to make {peer.Name} {(MemberRole)wish.State} of {owner.Name}"
                : $"to have {owner.Name} {(wish.State == 1 ? "block" : "unblock")} {peer.Name}";
            history.Add(wish.Begun, $"somebody began {what}");
            if (wish.Done is { } done) history.Add(done, "that was done");
        }
        return history;
    }
}
