using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;

namespace OrleansChat.Storage.Rooms;

/// <summary>A room, as somebody sees it.</summary>
/// <param name="Epoch">The epoch that its numbers belong to.</param>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="IsPublic">Whether everybody sees it and may join.</param>
/// <param name="ShowsAll">Whether new members see what was said before they came.</param>
/// <param name="Members">How many members it has.</param>
/// <param name="Mine">What only members know; null if the session's owner is not one.</param>
public sealed record StoredRoom(string Epoch, string Name, string Title, bool IsPublic, bool ShowsAll, int Members, Membership? Mine);

/// <summary>What a member knows of a room.</summary>
/// <param name="LogId">Its log, which the numbers are of.</param>
/// <param name="Role">The member's role.</param>
/// <param name="Joined">The number of the entry with which the member joined.</param>
/// <param name="Received">Everything up to this number has left the member's inbox.</param>
/// <param name="Read">Everything up to this number was read.</param>
/// <param name="IsMuted">Whether the member has muted it.</param>
/// <param name="Last">The last number of the log.</param>
/// <param name="Unread">How many messages of others have a number above <paramref name="Read"/>; at most what was counted up to.</param>
public sealed record Membership(
    long LogId, RoomRole Role, long Joined, long Received, long Read, bool IsMuted, long Last, int Unread);

/// <summary>A member of a room, or somebody who is banned from it.</summary>
public sealed record StoredMember(long AccountId, string Name, string DisplayName, RoomRole Role);

/// <summary>Which page of a room.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Side">Where the page lies.</param>
/// <param name="Place">
/// A number: everything up to it stands before it. Around: the number of the entry. Not used for the newest page.
/// </param>
/// <param name="Epoch">The epoch in which the number was learned; not used for the newest page.</param>
/// <param name="Limit">At most this many entries, and at most about 1 MiB of them, but one if there is one.</param>
public sealed record RoomPageQuery(string Room, PageSide Side, long Place, string Epoch, int Limit);

/// <summary>A page of a room.</summary>
/// <param name="Epoch">The epoch that its numbers belong to.</param>
/// <param name="LogId">The room's log.</param>
/// <param name="Entries">Oldest first.</param>
/// <param name="Older">The number before the page; null if nothing stands before it.</param>
/// <param name="Newer">The number after the page; null if nothing stands after it.</param>
public sealed record StoredRoomPage(string Epoch, long LogId, IReadOnlyList<StoredEntry> Entries, long? Older, long? Newer);

/// <summary>A part of the list of a user's conversations and rooms.</summary>
/// <param name="List">Both, the one with the latest entry first.</param>
/// <param name="Ends">The last numbers of all the user's rooms.</param>
public sealed record StoredOverview(StoredList List, IReadOnlyList<LogNumber> Ends);
