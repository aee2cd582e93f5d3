using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces.Push;

/// <summary>
/// What gateways hear of a user: of the inbox, and of what changes for the user. The same grain as <see cref="IUserGrain"/>, with the same
/// key. All calls interleave.
/// </summary>
/// <remarks>An attachment is soft state, which ends by itself: see <see cref="PushLease"/>.</remarks>
[Alias("OrleansChat.IInboxPushGrain"), GrainInterfaceType("OrleansChat.IInboxPushGrain")]
public interface IInboxPushGrain : IGrainWithStringKey
{
    /// <summary>Attaches a gateway, or renews its attachment.</summary>
    /// <param name="gateway">Names the gateway process.</param>
    /// <param name="observer">The gateway.</param>
    /// <param name="number">The gateway's own number of the attachment; it rises.</param>
    /// <param name="head">The number up to which the gateway holds the log; negative if it holds nothing yet.</param>
    /// <returns>Null if there is no such user.</returns>
    [Alias("Attach"), AlwaysInterleave]
    Task<InboxAttachment?> Attach(string gateway, IGatewayObserver observer, long number, long head);

    /// <summary>Ends an attachment, unless the gateway has attached itself again.</summary>
    [Alias("Detach"), AlwaysInterleave]
    Task Detach(string gateway, long number);

    /// <summary>Reads, at one moment, where all logs of a session's owner end.</summary>
    [Alias("ReadStanding"), AlwaysInterleave]
    Task<ConversationReply<Standing>> ReadStanding(string sessionKey);

    /// <summary>Ends the streams of a session that has ended. Returns when the gateways have done so, or after 2 seconds.</summary>
    [Alias("EndStreams"), AlwaysInterleave]
    Task EndStreams(string sessionKey);

    /// <summary>Tells the user's gateways what has changed.</summary>
    [Alias("Tell"), AlwaysInterleave]
    Task Tell(UserNotice notice);
}

/// <summary>How long attachments hold.</summary>
public static class PushLease
{
    /// <summary>An attachment that was not renewed for this long has ended.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(45);

    /// <summary>A gateway that could not renew an inbox's attachment for this long ends the user's streams.</summary>
    public static readonly TimeSpan EndsStreams = TimeSpan.FromSeconds(20);

    /// <summary>How often a silo says to a gateway that it is there.</summary>
    public static readonly TimeSpan ShowEvery = TimeSpan.FromSeconds(2);

    /// <summary>A silo that a gateway has not heard of for this long counts as dead: its grains may be elsewhere by now.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(6);

    /// <summary>How long an answer waits for gateways to end streams.</summary>
    public static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);
}

/// <summary>An attachment to a log.</summary>
/// <param name="LogId">The log.</param>
/// <param name="Last">Its last number, as the database says.</param>
/// <param name="Entries">Those after the number that the gateway holds; fewer, or none, where there are too many.</param>
/// <param name="Silo">Names the silo process that the grain is in.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.LogAttachment")]
public sealed record LogAttachment(
    [property: Id(0)] long LogId, [property: Id(1)] long Last, [property: Id(2)] LogEntry[] Entries, [property: Id(3)] string Silo = "");

/// <summary>An attachment to a user's inbox.</summary>
/// <param name="Log">The inbox.</param>
/// <param name="Rooms">The logs of the rooms that the user is in, with the numbers of joining, in the order of the logs.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.InboxAttachment")]
public sealed record InboxAttachment([property: Id(0)] LogAttachment Log, [property: Id(1)] Position[] Rooms);

/// <summary>What a user has, at one moment.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Name">The display name.</param>
/// <param name="Epoch">The epoch that the numbers belong to.</param>
/// <param name="Inbox">The inbox.</param>
/// <param name="Rooms">The rooms that the user is in.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.Standing")]
public sealed record Standing(
    [property: Id(0)] string User, [property: Id(1)] string Name, [property: Id(2)] string Epoch, [property: Id(3)] LogStanding Inbox,
    [property: Id(4)] RoomStanding[] Rooms);

/// <summary>Where a log ends.</summary>
/// <param name="LogId">The log.</param>
/// <param name="Last">Its last number.</param>
/// <param name="Received">Everything up to this number has arrived.</param>
/// <param name="Purged">Everything up to this number has been removed.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.LogStanding")]
public sealed record LogStanding(
    [property: Id(0)] long LogId, [property: Id(1)] long Last, [property: Id(2)] long Received, [property: Id(3)] long Purged);

/// <summary>A room that a user is in.</summary>
/// <param name="Log">Where its log ends.</param>
/// <param name="Name">Its name.</param>
/// <param name="Role">The user's role.</param>
/// <param name="Joined">The number of the entry with which the user joined.</param>
/// <param name="Members">How many members it has.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.RoomStanding")]
public sealed record RoomStanding(
    [property: Id(0)] LogStanding Log, [property: Id(1)] string Name, [property: Id(2)] Rooms.MemberRole Role,
    [property: Id(3)] long Joined, [property: Id(4)] int Members);
