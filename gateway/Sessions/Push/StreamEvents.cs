using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Sessions.Push;

/// <summary>What a stream tells its client; a door writes it.</summary>
internal abstract record StreamEvent;

/// <summary>Where the stream begins: the first event, always.</summary>
internal sealed record HelloEvent(Standing Standing) : StreamEvent;

/// <summary>An entry of a log.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="After">Who holds everything up to this number misses nothing before it.</param>
/// <param name="Room">The room's name; null in the inbox.</param>
/// <param name="Shared">What all streams share of it; null if it was read for this one.</param>
internal sealed record EntryEvent(LogEntry Entry, long After, string? Room, TailEntry? Shared) : StreamEvent;

/// <summary>The stream goes on after another number than the one it was at.</summary>
/// <param name="Log">The log.</param>
/// <param name="Reason">Why.</param>
/// <param name="Last">The number after which it goes on.</param>
internal sealed record ResetEvent(long Log, ResetReason Reason, long Last) : StreamEvent;

/// <summary>Why a stream goes on after another number.</summary>
internal enum ResetReason
{
    /// <summary>Too many entries are missing.</summary>
    Behind,

    /// <summary>The log has no such number yet.</summary>
    Ahead,

    /// <summary>The numbers belong to another incarnation of the database.</summary>
    Epoch,

    /// <summary>Retention has removed entries that are missing.</summary>
    Expired,

    /// <summary>The user has no such log, or has it no more.</summary>
    Other,
}

/// <summary>A membership of the user began, ended, or has another role.</summary>
/// <param name="Log">The room's log.</param>
/// <param name="Room">The room's name.</param>
/// <param name="Role">The user's role; null if the membership has ended.</param>
/// <param name="Last">If it began: the number after which the stream tells of the room.</param>
internal sealed record RoomsEvent(long Log, string Room, MemberRole? Role, long? Last) : StreamEvent;

/// <summary>A marker of the user has moved.</summary>
internal sealed record ReadEvent(UserNotice Notice) : StreamEvent;

/// <summary>The user has sent a message to another.</summary>
/// <param name="Notice">The message.</param>
/// <param name="SenderName">The user's display name.</param>
/// <param name="IsOwn">Whether the session of this stream has sent it.</param>
internal sealed record SentEvent(UserNotice Notice, string SenderName, bool IsOwn) : StreamEvent;

/// <summary>A watched user came or went.</summary>
internal sealed record PresenceEvent(string User, bool IsOnline) : StreamEvent;

/// <summary>Something of the account has changed.</summary>
internal sealed record AccountEvent(string User) : StreamEvent;

/// <summary>The gateway stops: the client should connect again at a random moment before the time is over.</summary>
internal sealed record DrainEvent(TimeSpan Within) : StreamEvent;

/// <summary>Shows that the stream is alive.</summary>
internal sealed record HeartbeatEvent : StreamEvent;
