namespace OrleansChat.Verification.Ledgers;

/// <summary>The kinds of requests of a client: lines of the text protocol, and what a client asks of messages that stay.</summary>
internal enum RequestKind
{
    LogIn, Send, SendOnce, Inbox, ListUsers, LogOut,
    ReadPage, ListConversations, FindConversation, MarkRead, Block, ListBlocked, ReadLog, Receive, Delete,
    ReadRoom, ShowRoom, ListRooms, ChangeRoom,
    ReadAccount, ListSessions, EndSession,
}

/// <summary>How a request ended: done, refused with an ERROR, temporarily unavailable, or broken: no complete reply came.</summary>
internal enum RequestOutcome { Done, Refused, Unavailable, Broken }

/// <summary>The numbers of a ledger at one moment.</summary>
/// <param name="Operations">How many requests ended how, by kind.</param>
/// <param name="WebOperations">The same, of clients that are not online by their connections: those over HTTP.</param>
/// <param name="Acknowledged">Sends of both kinds that were answered with `Message Sent`.</param>
/// <param name="HandedOver">Messages in complete replies, repetitions included.</param>
/// <param name="Violations">Violations by invariant; every invariant has an entry.</param>
/// <param name="LongestSilence">The longest time between two acknowledged sends.</param>
/// <param name="LongestGhost">The longest time that a user was listed after their last connection was gone.</param>
/// <param name="LongestMissing">The longest time that an online user was missing from lists.</param>
/// <param name="JudgedOffline">How often a user's absence from a list was checked, so how often a ghost could have been found.</param>
/// <param name="JudgedOnline">How often a user's presence in a list was checked.</param>
internal sealed record LedgerStatistics(
    IReadOnlyDictionary<(RequestKind Kind, RequestOutcome Outcome), long> Operations,
    IReadOnlyDictionary<(RequestKind Kind, RequestOutcome Outcome), long> WebOperations,
    long Acknowledged,
    long HandedOver,
    IReadOnlyDictionary<string, long> Violations,
    TimeSpan LongestSilence,
    TimeSpan LongestGhost,
    TimeSpan LongestMissing,
    long JudgedOffline,
    long JudgedOnline);
