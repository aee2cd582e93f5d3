using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>What the owner of an account asks of it: the user's grain, which has the key of <see cref="IUserGrain"/>.</summary>
/// <remarks>
/// Each statement checks that the session is alive. An exception of any kind means that the service cannot answer now, and that it is
/// unknown what was done.
/// </remarks>
[Alias("OrleansChat.IAccountGrain"), GrainInterfaceType("OrleansChat.IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Lists the owner's sessions, the one that asks first; 200 at most.</summary>
    [Alias("ListSessions"), AlwaysInterleave]
    Task<ConversationReply<SessionInfo[]>> ListSessions(string sessionKey);

    /// <summary>Ends one of the owner's sessions: after the answer, its token is accepted nowhere.</summary>
    /// <param name="sessionKey">The session that asks.</param>
    /// <param name="id">The id of the one to end.</param>
    /// <returns>The id; "not found" where no session of the owner has it, perhaps because an earlier call has ended it.</returns>
    [Alias("EndSession"), AlwaysInterleave]
    Task<ConversationReply<string>> EndSession(string sessionKey, string id);
}

/// <summary>A session, as its owner sees it.</summary>
/// <param name="Id">Names it; opens nothing.</param>
/// <param name="IsCurrent">Whether it is the one that asks.</param>
/// <param name="Door">The protocol that it was opened through; null, as the following, if that was not noted.</param>
/// <param name="Device">What its client calls its device.</param>
/// <param name="Address">The address that it was opened from, as gateways count addresses.</param>
/// <param name="Since">When it was opened.</param>
/// <param name="UsedAt">Its last use, within an hour.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.SessionInfo")]
public sealed record SessionInfo(
    [property: Id(0)] string Id, [property: Id(1)] bool IsCurrent, [property: Id(2)] string? Door, [property: Id(3)] string? Device,
    [property: Id(4)] string? Address, [property: Id(5)] DateTimeOffset? Since, [property: Id(6)] DateTimeOffset UsedAt);
