namespace OrleansChat.GrainInterfaces.Push;

/// <summary>
/// A gateway process, as grains tell it of what has happened: one for a process, however many streams it serves. What it is told is a hint.
/// The log is the truth: a gateway that is told of numbers which do not follow those that it holds reads the log.
/// </summary>
[Alias("OrleansChat.IGatewayObserver"), GrainInterfaceType("OrleansChat.IGatewayObserver")]
public interface IGatewayObserver : IGrainObserver
{
    /// <summary>Tells what has happened since the last call. A gateway that does not answer counts as lost.</summary>
    [Alias("Arrived")]
    Task Arrived(PushBatch batch);

    /// <summary>Ends streams of a user at once: afterwards they deliver nothing more.</summary>
    /// <param name="user">The user's name.</param>
    /// <param name="sessionKey">The session whose streams end; null for all sessions.</param>
    /// <param name="but">Of all sessions, the one whose streams go on; null for none.</param>
    [Alias("Ended")]
    Task Ended(string user, string? sessionKey, string? but);
}

/// <summary>What has happened since the last call.</summary>
/// <param name="Arrivals">What was appended to logs.</param>
/// <param name="Notices">What has changed for users.</param>
/// <param name="Silo">
/// Names the silo process that tells it. One to which a gateway is attached says at least every 2 s that it is there.
/// </param>
[GenerateSerializer, Immutable, Alias("OrleansChat.PushBatch")]
public sealed record PushBatch(
    [property: Id(0)] Arrival[] Arrivals, [property: Id(1)] UserNotice[] Notices, [property: Id(2)] string Silo = "");

/// <summary>What was appended to a log.</summary>
/// <param name="LogId">The log.</param>
/// <param name="After">Everything up to this number was told before.</param>
/// <param name="Last">The last number of the log.</param>
/// <param name="Entries">
/// Those that follow <paramref name="After"/>; fewer than up to <paramref name="Last"/>, or none, where there are too many.
/// </param>
[GenerateSerializer, Immutable, Alias("OrleansChat.Arrival")]
public sealed record Arrival(
    [property: Id(0)] long LogId, [property: Id(1)] long After, [property: Id(2)] long Last, [property: Id(3)] LogEntry[] Entries);

/// <summary>What has changed for a user.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Kind">What.</param>
/// <param name="Conversation">Of a marker: the peer, or the room with its mark. Of a sent message: its recipient.</param>
/// <param name="LogId">The log that the numbers are of.</param>
/// <param name="Number">Of a marker: up to where was read. Of a sent message: its number.</param>
/// <param name="Unread">Of a marker: how many messages are unread.</param>
/// <param name="UnreadAt">Of a marker: the last number when they were counted.</param>
/// <param name="Entry">Of a sent message: the message.</param>
/// <param name="SessionKey">Of a sent message: the session that has sent it.</param>
/// <param name="OnceId">Of a sent message: the client's own id, if it had one.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.UserNotice")]
public sealed record UserNotice(
    [property: Id(0)] string User, [property: Id(1)] NoticeKind Kind, [property: Id(2)] string Conversation = "",
    [property: Id(3)] long LogId = 0, [property: Id(4)] long Number = 0, [property: Id(5)] int Unread = 0,
    [property: Id(6)] long UnreadAt = 0, [property: Id(7)] LogEntry? Entry = null, [property: Id(8)] string? SessionKey = null,
    [property: Id(9)] string? OnceId = null);

/// <summary>What may change for a user.</summary>
public enum NoticeKind
{
    /// <summary>The account: its sessions may have ended.</summary>
    Account = 0,

    /// <summary>The rooms that the user is in.</summary>
    Rooms = 1,

    /// <summary>A marker has moved.</summary>
    Read = 2,

    /// <summary>The user has sent a message.</summary>
    Sent = 3,
}
