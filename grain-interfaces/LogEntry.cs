namespace OrleansChat.GrainInterfaces;

/// <summary>An entry of a log.</summary>
/// <param name="Id">The id of the message, the same for everybody and for ever.</param>
/// <param name="LogId">The log: the inbox of the account with this id, or a room.</param>
/// <param name="Number">Its number in the log: 1, 2, 3, ... without a gap.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Target">Of a deletion: the number of the message. Of a deleted message: the number of its deletion. Else null.</param>
/// <param name="Sender">
/// The sender's user name; <c>removed-N</c> once erased. Of a change in a room: who made it; empty for an operator, and where an owner was
/// appointed because the last one has gone.
/// </param>
/// <param name="SenderName">The sender's display name.</param>
/// <param name="AcceptedAt">When it was accepted, by the database's clock.</param>
/// <param name="Text">UTF-8, as the text protocol has it; empty once deleted. Of a change in a room: the new role, or the title.</param>
/// <param name="User">Of a change in a room: the name of the user whom it is about. Else null.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.LogEntry")]
public sealed record LogEntry(
    [property: Id(0)] Guid Id, [property: Id(1)] long LogId, [property: Id(2)] long Number, [property: Id(3)] EntryKind Kind,
    [property: Id(4)] long? Target, [property: Id(5)] string Sender, [property: Id(6)] string SenderName,
    [property: Id(7)] DateTimeOffset AcceptedAt, [property: Id(8)] byte[] Text, [property: Id(9)] string? User = null);

/// <summary>The kinds of entries.</summary>
public enum EntryKind
{
    /// <summary>A message.</summary>
    Message = 0,

    /// <summary>The deletion of an earlier message.</summary>
    Deleted = 1,

    /// <summary>In a room: somebody has joined, or was added.</summary>
    Joined = 2,

    /// <summary>In a room: somebody has left.</summary>
    Left = 3,

    /// <summary>In a room: somebody was removed.</summary>
    Removed = 4,

    /// <summary>In a room: the title was set, or who may join and what new members see.</summary>
    Title = 5,

    /// <summary>In a room: somebody was given another role.</summary>
    Role = 6,
}

/// <summary>A part of a log, by number.</summary>
/// <param name="Entries">Oldest first, with numbers that follow each other.</param>
/// <param name="Last">The last number of the log, whether or not it is among the entries.</param>
/// <param name="First">Set if entries above the given number have been deleted: the first number that may still be there.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.LogPart")]
public sealed record LogPart([property: Id(0)] LogEntry[] Entries, [property: Id(1)] long Last, [property: Id(2)] long? First);
