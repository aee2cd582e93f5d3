using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Rooms;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Simulation;

/// <summary>A room. Its log has no messages that leave when somebody has received them.</summary>
internal sealed class RoomModel(long log, string name)
{
    public long Log { get; } = log;

    public string Name { get; } = name;

    public required string Title { get; set; }

    public required bool IsPublic { get; set; }

    public required bool ShowsAll { get; set; }

    /// <summary>What new members never see: what was said up to this number, while the room was private.</summary>
    public long ShownAfter { get; set; }

    public DateTimeOffset? RemovedAt { get; set; }

    /// <summary>The id of the request that has deleted it.</summary>
    public Guid? RemovedBy { get; set; }
}

/// <summary>A member of a room, or somebody who was one.</summary>
internal sealed class RoomMemberModel
{
    /// <summary>Null: has left.</summary>
    public RoomRole? Role { get; set; }

    public long Joined { get; set; }

    public NumberRanges Visible { get; } = new();

    public long Received { get; set; }

    public long Read { get; set; }

    public bool IsMuted { get; set; }

    /// <summary>Whether they have left by themselves.</summary>
    public bool HasLeft { get; set; }

    public bool IsMember => Role >= RoomRole.Reader;
}

/// <summary>What an entry of a room's log is that is neither a message nor a deletion, and whom it is about.</summary>
internal readonly record struct RoomEntryModel(StoredKind Kind, long? User);

/// <summary>A change of a room that is under way.</summary>
/// <param name="Outcome">What it will be answered.</param>
internal sealed record ChangingRoom(RoomOutcome Outcome)
{
    /// <summary>The id of its entry, who makes it, and when its transaction began.</summary>
    public Guid Id { get; init; }

    /// <inheritdoc cref="Id"/>
    public long Actor { get; init; }

    /// <inheritdoc cref="Id"/>
    public DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The time of the database.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>The room, if it is changed.</summary>
    public RoomModel? Room { get; init; }

    /// <summary>The entries that are stored with it.</summary>
    public List<NewRow> Rows { get; init; } = [];

    /// <summary>Its second half: the members change.</summary>
    public Action End { get; init; } = () => { };
}
