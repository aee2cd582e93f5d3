namespace OrleansChat.Gateway.Doors.Web.Wire;

/// <summary>Where an event stream begins.</summary>
/// <param name="Epoch">The epoch of the numbers.</param>
/// <param name="Logs">The numbers that the client holds, by log.</param>
/// <param name="Watch">The users whose presence it wants to hear of.</param>
internal sealed record EventsBody(string? Epoch = null, Dictionary<string, long>? Logs = null, string[]? Watch = null);

// What events hold.

/// <summary>The first event.</summary>
/// <param name="User">The user name.</param>
/// <param name="Name">The display name.</param>
/// <param name="Epoch">The epoch that numbers belong to.</param>
/// <param name="Inbox">The log of the inbox.</param>
/// <param name="Ends">The last numbers of all logs.</param>
/// <param name="Received">Up to which numbers everything counts as received.</param>
/// <param name="Rooms">The rooms that the user is in, by log.</param>
/// <param name="Heartbeat">A comment comes each time this many seconds have passed.</param>
internal sealed record HelloBody(
    string User, string Name, string Epoch, string Inbox, Dictionary<string, long> Ends, Dictionary<string, long> Received,
    Dictionary<string, OwnRoomBody> Rooms, int Heartbeat);

/// <summary>A room that the user is in.</summary>
internal sealed record OwnRoomBody(string Room, string Role);

/// <summary>A message that the user has sent to another.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Log">The recipient's log.</param>
/// <param name="Number">Its number there.</param>
/// <param name="Kind">Always <c>message</c>.</param>
/// <param name="Conversation">The recipient.</param>
/// <param name="From">The user.</param>
/// <param name="FromName">The user's display name.</param>
/// <param name="Text">The text.</param>
/// <param name="SentAt">When it was accepted.</param>
/// <param name="Key">The key that it was sent under; only for the session that has sent it.</param>
internal sealed record SentEventBody(
    Guid Id, string Log, long Number, string Kind, string Conversation, string From, string FromName, string Text, string SentAt,
    string? Key);

/// <summary>A marker of the user has moved.</summary>
internal sealed record ReadEventBody(string Conversation, string Log, long Read, UnreadCount Unread, long UnreadAt);

/// <summary>A membership of the user.</summary>
/// <param name="Log">The room's log.</param>
/// <param name="Room">The room's name.</param>
/// <param name="Role">The user's role; absent if the membership has ended.</param>
/// <param name="Last">If it has begun: the number after which entries of the room follow.</param>
internal sealed record RoomsEventBody(string Log, string Room, string? Role, long? Last);

/// <summary>Something of the account has changed.</summary>
internal sealed record AccountEventBody(string User);

/// <summary>The stream goes on after another number.</summary>
internal sealed record ResetEventBody(string Log, string Reason, long Last);

/// <summary>The service stops here.</summary>
/// <param name="Within">Connect again at a random moment before this many milliseconds have passed.</param>
internal sealed record DrainBody(long Within);
