using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>
/// Who is online: soft state, in memory only. Gateways report which sessions are on their open connections and renew the
/// report; what is not renewed for <see cref="PresenceLease.Duration"/> is forgotten.
/// </summary>
/// <remarks>
/// A grain that starts afresh takes a new epoch. A report that names another epoch is answered with
/// <see cref="PresenceAnswer.ReportAll"/>, and the gateway reports everything again.
/// </remarks>
[Alias("OrleansChat.IPresenceGrain"), GrainInterfaceType("OrleansChat.IPresenceGrain")]
public interface IPresenceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes a gateway's changes, or all that it holds, and renews its lease. A gateway does not wait long for a grain that
    /// may have died: the next report finds it awake elsewhere.
    /// </summary>
    [Alias("Report"), ResponseTimeout("00:00:02")]
    Task<PresenceAnswer> Report(PresenceReport report);

    /// <summary>The names of the users who are online, in the order in which they came.</summary>
    [Alias("GetOnline"), AlwaysInterleave]
    Task<OnlineUsers> GetOnline();

    /// <summary>A session has ended: it counts no more, on whatever connection it is.</summary>
    [Alias("EndSession")]
    Task EndSession(string sessionKey);
}

/// <summary>The users who are online.</summary>
/// <param name="Names">In the order in which they came.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.OnlineUsers")]
public sealed record OnlineUsers([property: Id(0)] string[] Names);

/// <summary>How long a gateway's report holds, and how often it is renewed.</summary>
public static class PresenceLease
{
    /// <summary>A gateway that was not heard for so long is taken for dead, and what it held is forgotten.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    /// <summary>How often a gateway renews its report, whether anything changed or not.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How often a gateway reports all that it holds, which is checked against the stored sessions: a net for ends that
    /// presence did not hear of, since their announcement was lost.
    /// </summary>
    public static readonly TimeSpan ReportAllEvery = TimeSpan.FromSeconds(20);
}

/// <summary>What a gateway holds.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.PresenceReport")]
public sealed record PresenceReport
{
    /// <summary>The gateway process; a new one for each start.</summary>
    [Id(0)] public required string Gateway { get; init; }

    /// <summary>The epoch that the last answer named; <see cref="Guid.Empty"/> before the first.</summary>
    [Id(1)] public Guid Epoch { get; init; }

    /// <summary>Whether <see cref="Held"/> is all that the gateway holds, or what was added since its last report.</summary>
    [Id(2)] public bool IsAll { get; init; }

    /// <summary>Sessions on open connections of this gateway.</summary>
    [Id(3)] public HeldSession[] Held { get; init; } = [];

    /// <summary>Sessions that are on no open connection of this gateway any more.</summary>
    [Id(4)] public string[] Dropped { get; init; } = [];

    /// <summary>The last of the gateway's notices that it has acted upon: see <see cref="PresenceAnswer.Forget"/>.</summary>
    [Id(5)] public long NoticesSeen { get; init; }

    /// <summary>Ascending for a gateway: a report that arrives behind a later one is ignored.</summary>
    [Id(6)] public long Number { get; init; }
}

/// <summary>
/// A session on open connections of a gateway; or on none any more, which is said for a while so that no older word of
/// another gateway counts.
/// </summary>
/// <param name="SessionKey">The session.</param>
/// <param name="User">Its owner.</param>
/// <param name="Since">When it came there (UTC).</param>
/// <param name="LoggedIn">Whether it logged in on an open connection of this gateway.</param>
/// <param name="AcceptedAt">
/// When its token was last accepted on this gateway (UTC), or null when the connection where it was has closed, or there
/// is none. Clocks of different machines: it decides nothing.
/// </param>
/// <param name="UseNumber">The <see cref="SessionUse.Number"/> of that acceptance, also when its connection has closed; 0 for none.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.HeldSession")]
public sealed record HeldSession(
    [property: Id(0)] string SessionKey,
    [property: Id(1)] string User,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] bool LoggedIn,
    [property: Id(4)] DateTimeOffset? AcceptedAt,
    [property: Id(5)] long UseNumber);

/// <summary>The answer to a report.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.PresenceAnswer")]
public sealed record PresenceAnswer
{
    /// <summary>The grain's epoch.</summary>
    [Id(0)] public Guid Epoch { get; init; }

    /// <summary>The grain does not know what this gateway holds: report everything.</summary>
    [Id(1)] public bool ReportAll { get; init; }

    /// <summary>Sessions that ended or were accepted elsewhere: the gateway no longer holds them there.</summary>
    [Id(2)] public PresenceNotice[] Forget { get; init; } = [];
}

/// <summary>A notice to a gateway.</summary>
/// <param name="Number">Ascending within an epoch.</param>
/// <param name="SessionKey">The session.</param>
/// <param name="Ended">True: it ended, forget it everywhere. False: its token was accepted elsewhere; where it logged in, it stays.</param>
/// <param name="UseNumber">
/// The <see cref="SessionUse.Number"/> with which it was accepted elsewhere: what the gateway accepted later, it keeps.
/// </param>
[GenerateSerializer, Immutable, Alias("OrleansChat.PresenceNotice")]
public sealed record PresenceNotice(
    [property: Id(0)] long Number, [property: Id(1)] string SessionKey, [property: Id(2)] bool Ended, [property: Id(3)] long UseNumber);
