using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Verification.Ledgers;

/// <summary>What was committed of a room, where somebody tells it (the simulated database does). Its log stands with the room.</summary>
internal sealed class RoomRecord
{
    private readonly Dictionary<UserEntry, List<MemberState>> _states = [];
    private readonly HashSet<UserEntry> _cameBefore = [];

    public bool IsPublic { get; set; }
    public bool ShowsAll { get; set; }

    /// <summary>What was said up to this number, while the room was private, no new member sees.</summary>
    public long ShownAfter { get; set; }

    /// <summary>Since when the room is public, or is not; and since when there is none.</summary>
    public List<(Moment Since, bool IsPublic)> Kinds { get; } = [];

    /// <summary>When it was deleted.</summary>
    public Moment? Deleted { get; set; }

    /// <summary>What a user is now.</summary>
    public MemberState StateOf(UserEntry user) => _states.TryGetValue(user, out var states) ? states[^1] : MemberState.Outside;

    /// <summary>All that a user was at any time since a moment, the present included.</summary>
    public IEnumerable<MemberState> StatesSince(UserEntry user, Moment since) => _states.TryGetValue(user, out var states)
        ? states.Where((_, index) => index == states.Count - 1 || since.IsBefore(states[index + 1].Since))
            .Concat(since.IsBefore(states[0].Since) ? [MemberState.Outside] : [])
        : [MemberState.Outside];

    public IEnumerable<(UserEntry User, MemberState State)> Members =>
        _states.Select(user => (user.Key, user.Value[^1])).Where(user => user.Item2.IsMember);

    /// <summary>Whether anyone could see that the room exists, at some time since a moment.</summary>
    public bool WasPublic(Moment since) => Kinds.Where((_, index) => index == Kinds.Count - 1 || since.IsBefore(Kinds[index + 1].Since))
        .Any(kind => kind.IsPublic);

    public void Enter(UserEntry user, MemberRole role, long number, bool isFounder, Moment now)
    {
        var visible = new NumberRanges(StateOf(user).Visible);
        var showsAll = ShowsAll && !isFounder && (IsPublic || !_cameBefore.Contains(user));
        visible.AddFrom(showsAll ? ShownAfter + 1 : number);
        _cameBefore.Add(user);
        Add(user, new MemberState(role, number, visible, now));
    }

    public void Leave(UserEntry user, bool isBanned, long number, Moment now)
    {
        var visible = new NumberRanges(StateOf(user).Visible);
        visible.EndAt(number);
        Add(user, new MemberState(MemberRole.Banned, 0, visible, now) { HasLeft = !isBanned });
    }

    public void GiveRole(UserEntry user, MemberRole role, Moment now) =>
        Add(user, StateOf(user) with { Role = role, HasLeft = false, Since = now });

    private void Add(UserEntry user, MemberState state)
    {
        if (!_states.TryGetValue(user, out var states)) _states[user] = states = [];
        states.Add(state);
    }
}

/// <summary>What somebody is in a room, from a moment on.</summary>
/// <param name="Role">The role.</param>
/// <param name="Joined">The number of the entry with which they joined.</param>
/// <param name="Visible">What they may read.</param>
/// <param name="Since">From when on.</param>
internal sealed record MemberState(MemberRole Role, long Joined, NumberRanges Visible, Moment Since)
{
    public static MemberState Outside { get; } = new(MemberRole.Banned, 0, new NumberRanges(), default) { HasLeft = true };

    /// <summary>Whether they are just not there, rather than banned.</summary>
    public bool HasLeft { get; init; }

    public bool IsMember => Role >= MemberRole.Reader;
}
