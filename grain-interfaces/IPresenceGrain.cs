using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>
/// Knows who is online. This is soft state, in memory only: gateways report which sessions are on their open connections, and renew the
/// report; the grain forgets a gateway that has not renewed it for <see cref="PresenceLease.Duration"/>.
/// </summary>
/// <remarks>
/// A grain that starts again takes a new epoch. It answers a report that names another epoch with
/// <see cref="PresenceAnswer.ReportAll"/>, and the gateway reports everything again.
/// </remarks>
[Alias("OrleansChat.IPresenceGrain"), GrainInterfaceType("OrleansChat.IPresenceGrain")]
public interface IPresenceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes a gateway's changes, or all that it holds, and renews its lease. The timeout is short because the grain may have died with
    /// its silo: the next report finds it on another.
    /// </summary>
    [Alias("Report"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<PresenceAnswer> Report(PresenceReport report);

    /// <summary>Returns the names of the users who are online, in the order in which they came online.</summary>
    [Alias("GetOnline"), AlwaysInterleave]
    Task<OnlineUsers> GetOnline();

    /// <summary>Removes a session that has ended, on whichever gateways it is.</summary>
    [Alias("EndSession"), AlwaysInterleave]
    Task EndSession(string sessionKey);
}

/// <summary>The users who are online.</summary>
/// <param name="Names">Their user names, in the order in which they came online.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.OnlineUsers")]
public sealed record OnlineUsers([property: Id(0)] string[] Names);

/// <summary>How long a gateway's report is valid, and how often the gateway renews it.</summary>
public static class PresenceLease
{
    /// <summary>A gateway that has not reported for this long counts as dead, and presence forgets what it held.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    /// <summary>How often a gateway renews its report, whether anything changed or not.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often a gateway reports all that it holds, which presence compares with the stored sessions: so it finds ended sessions whose
    /// announcement was lost.
    /// </summary>
    public static readonly TimeSpan ReportAllEvery = TimeSpan.FromSeconds(20);
}

/// <summary>A gateway's report of the sessions that it holds.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.PresenceReport")]
public sealed record PresenceReport
{
    /// <summary>The name of the gateway process; each start has a new name.</summary>
    [Id(0)] public required string Gateway { get; init; }

    /// <summary>The epoch that the last answer named; <see cref="Guid.Empty"/> before the first.</summary>
    [Id(1)] public Guid Epoch { get; init; }

    /// <summary>True: <see cref="Held"/> is all that the gateway holds. False: only what was added since its last report.</summary>
    [Id(2)] public bool IsAll { get; init; }

    /// <summary>Sessions on open connections of this gateway, and those that have left it lately.</summary>
    [Id(3)] public HeldSession[] Held { get; init; } = [];

    /// <summary>Keys of sessions that this gateway no longer holds.</summary>
    [Id(4)] public string[] Dropped { get; init; } = [];

    /// <summary>The number of the last notice on which the gateway has acted: see <see cref="PresenceAnswer.Forget"/>.</summary>
    [Id(5)] public long NoticesSeen { get; init; }

    /// <summary>Ascends with each report of a gateway: a report that arrives after a later one is ignored.</summary>
    [Id(6)] public long Number { get; init; }
}

/// <summary>
/// A session on open connections of a gateway, or one that has left them lately. The gateway keeps reporting the latter for a while, so
/// that an older report of another gateway does not count.
/// </summary>
/// <param name="SessionKey">The key of the session's grain.</param>
/// <param name="User">The user name of its owner.</param>
/// <param name="Since">When it came to this gateway (UTC).</param>
/// <param name="LoggedIn">Whether it logged in on an open connection of this gateway.</param>
/// <param name="AcceptedAt">
/// When its token was last accepted on this gateway (UTC); null if it never was, or that connection has closed. Nothing is decided by
/// it, since the clocks of machines differ.
/// </param>
/// <param name="UseNumber">The <see cref="SessionUse.Number"/> of that acceptance, even if its connection has closed; 0 for none.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.HeldSession")]
public sealed record HeldSession(
    [property: Id(0)] string SessionKey,
    [property: Id(1)] string User,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] bool LoggedIn,
    [property: Id(4)] DateTimeOffset? AcceptedAt,
    [property: Id(5)] long UseNumber);

/// <summary>The answer to a <see cref="PresenceReport"/>.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.PresenceAnswer")]
public sealed record PresenceAnswer
{
    /// <summary>The epoch of the grain; a grain that has lost its state has another.</summary>
    [Id(0)] public Guid Epoch { get; init; }

    /// <summary>Whether the gateway must report everything, because the grain does not know what it holds.</summary>
    [Id(1)] public bool ReportAll { get; init; }

    /// <summary>Sessions that ended or were accepted elsewhere, which the gateway must forget.</summary>
    [Id(2)] public PresenceNotice[] Forget { get; init; } = [];
}

/// <summary>Tells a gateway to forget a session.</summary>
/// <param name="Number">Ascends within an epoch.</param>
/// <param name="SessionKey">The key of the session's grain.</param>
/// <param name="Ended">True: it ended; forget it altogether. False: its token was accepted elsewhere; keep it where it logged in.</param>
/// <param name="UseNumber">
/// The <see cref="SessionUse.Number"/> with which it was accepted elsewhere: the gateway keeps what it accepted later.
/// </param>
[GenerateSerializer, Immutable, Alias("OrleansChat.PresenceNotice")]
public sealed record PresenceNotice(
    [property: Id(0)] long Number, [property: Id(1)] string SessionKey, [property: Id(2)] bool Ended, [property: Id(3)] long UseNumber);
