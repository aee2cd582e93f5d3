using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Storage.Push;

/// <summary>What streams begin with and what arrives on them, read by number.</summary>
/// <remarks>All throw <see cref="StorageUnavailableException"/> when the database does not answer.</remarks>
public interface ILogTails
{
    /// <summary>Reads what follows a number of each of these logs, with one statement. No session is asked for.</summary>
    /// <param name="logs">The logs and numbers.</param>
    /// <param name="entries">At most this many entries of each.</param>
    /// <param name="bytes">At most about this many bytes of each, but one entry if there is one.</param>
    /// <returns>Of each log, in order, what follows.</returns>
    Task<IReadOnlyList<LogTail>> ReadAsync(IReadOnlyList<LogNumber> logs, int entries, long bytes);

    /// <summary>Reads which rooms these accounts are in, each with the number of joining, with one statement.</summary>
    Task<ILookup<long, LogNumber>> ReadMembershipsAsync(IReadOnlyList<long> accounts);

    /// <summary>Reads, at one moment, where all logs of a session's owner end.</summary>
    Task<Answer<StoredStanding>> ReadStandingAsync(string sessionKey);
}

/// <summary>What follows a number of a log.</summary>
/// <param name="Last">The last number of the log.</param>
/// <param name="Entries">Oldest first.</param>
public sealed record LogTail(long Last, IReadOnlyList<StoredEntry> Entries);

/// <summary>What an account has, at one moment.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Name">The display name.</param>
/// <param name="Epoch">The epoch that the numbers belong to.</param>
/// <param name="Inbox">The inbox.</param>
/// <param name="Rooms">The rooms that the account is in.</param>
public sealed record StoredStanding(
    string User, string Name, string Epoch, StoredEnds Inbox, IReadOnlyList<StoredRoomStanding> Rooms);

/// <summary>Where a log ends.</summary>
/// <param name="LogId">The log.</param>
/// <param name="Last">Its last number.</param>
/// <param name="Received">Everything up to this number has arrived.</param>
/// <param name="Purged">Everything up to this number has been removed.</param>
public readonly record struct StoredEnds(long LogId, long Last, long Received, long Purged);

/// <summary>A room that an account is in.</summary>
/// <param name="Ends">Where its log ends.</param>
/// <param name="Name">Its name.</param>
/// <param name="Role">The account's role.</param>
/// <param name="Joined">The number of the entry with which it joined.</param>
/// <param name="Members">How many members it has.</param>
public sealed record StoredRoomStanding(StoredEnds Ends, string Name, RoomRole Role, long Joined, int Members);
