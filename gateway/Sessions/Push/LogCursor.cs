using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Sessions.Push;

/// <summary>Where one stream is in one log. Used by the stream's writer alone.</summary>
internal sealed class LogCursor(LogFeed feed, string? room)
{
    /// <summary>What this gateway holds of the log.</summary>
    public LogFeed Feed => feed;

    /// <summary>The room's name; null for the inbox.</summary>
    public string? Room => room;

    /// <summary>Everything up to this number was told, or is not for this client.</summary>
    public long Next { get; set; }

    /// <summary>What the client holds of the log: everything up to this number.</summary>
    public long Held { get; set; }

    /// <summary>
    /// Where the log ended when the memberships were read. What stands up to there is read by number, by a statement that asks what the
    /// session may see; what comes later is for every member.
    /// </summary>
    public long Known { get; set; }

    /// <summary>The number of the entry with which the user joined.</summary>
    public long Joined { get; set; }

    /// <summary>The user's role.</summary>
    public MemberRole Role { get; set; }

    /// <summary>How many members the room has, about.</summary>
    public int Members { get; set; }

    /// <summary>What was read by number, and was not told yet.</summary>
    public Queue<LogEntry> Read { get; } = [];

    /// <summary>Whether the log must be read, because this gateway does not hold what comes next.</summary>
    public bool MustRead =>
        Read.Count == 0 && (Next < Known || (Next < feed.Head && feed.Find(Next + 1) is null));
}
