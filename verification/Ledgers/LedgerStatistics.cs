namespace OrleansChat.Verification.Ledgers;

/// <summary>What a client asked for.</summary>
internal enum RequestKind { LogIn, Send, SendOnce, Inbox, ListUsers, LogOut }

/// <summary>How it ended: done, refused with an ERROR, temporarily unavailable, or broken: no whole reply came.</summary>
internal enum RequestOutcome { Done, Refused, Unavailable, Broken }

/// <summary>Numbers of a ledger at one moment.</summary>
/// <param name="Operations">How many ended how, by kind.</param>
/// <param name="Acknowledged">Sends that were answered with `Message Sent`, of both kinds.</param>
/// <param name="HandedOver">Messages in replies that arrived whole, repetitions included.</param>
/// <param name="Violations">By invariant; every name is there.</param>
/// <param name="LongestSilence">Longest time between two acknowledged sends.</param>
/// <param name="LongestGhost">Longest time that somebody was listed after their last connection was gone.</param>
/// <param name="LongestMissing">Longest time that somebody who was online was seen to be missing.</param>
/// <param name="JudgedOffline">Users whose absence from a list was due: so often NoGhost could have been violated by a ghost.</param>
/// <param name="JudgedOnline">Users whose name in a list was due.</param>
internal sealed record LedgerStatistics(
    IReadOnlyDictionary<(RequestKind Kind, RequestOutcome Outcome), long> Operations,
    long Acknowledged,
    long HandedOver,
    IReadOnlyDictionary<string, long> Violations,
    TimeSpan LongestSilence,
    TimeSpan LongestGhost,
    TimeSpan LongestMissing,
    long JudgedOffline,
    long JudgedOnline);
