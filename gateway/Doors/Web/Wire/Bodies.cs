using System.Text.Json.Serialization;

namespace OrleansChat.Gateway.Doors.Web.Wire;

// What clients send. A field without a default must be there, and must not be null.

/// <summary>Logs in.</summary>
internal sealed record LogInBody(string User, string Password, string? Device = null, bool Cookie = false)
{
    /// <summary>Says nothing of the password, wherever this may be logged.</summary>
    public override string ToString() => nameof(LogInBody);
}

/// <summary>A message to a conversation.</summary>
internal sealed record SendBody(string To, string Text);

/// <summary>Up to which number of each log everything has arrived.</summary>
internal sealed record ReceivedBody(string Epoch, Dictionary<string, long> Logs);

/// <summary>Up to which number of a log everything of a conversation was read.</summary>
internal sealed record ReadBody(string Epoch, string Log, string Conversation, long UpTo);

/// <summary>Mutes a conversation, or no longer.</summary>
internal sealed record MuteBody(bool Muted);

// What clients get.

/// <summary>A new session.</summary>
/// <param name="Token">What opens it; absent where a cookie holds it.</param>
/// <param name="User">The user name.</param>
/// <param name="Name">The display name.</param>
/// <param name="Session">Names the session; opens nothing.</param>
internal sealed record SessionBody(string? Token, string User, string Name, string Session)
{
    /// <summary>Says nothing of the token, wherever this may be logged.</summary>
    public override string ToString() => nameof(SessionBody);
}

/// <summary>The account of the session.</summary>
/// <param name="User">The user name.</param>
/// <param name="Name">The display name.</param>
/// <param name="Inbox">The log of what others write to it.</param>
/// <param name="Epoch">The epoch that numbers belong to.</param>
/// <param name="Last">The last number of the inbox.</param>
/// <param name="Received">The number up to which everything has arrived.</param>
internal sealed record AccountBody(string User, string Name, string Inbox, string Epoch, long Last, long Received);

/// <summary>A message that was stored.</summary>
/// <param name="Id">Its id, the same for everybody and for ever.</param>
/// <param name="Log">The recipient's log; null where all that is left is a receipt from before there were numbers.</param>
/// <param name="Number">Its number there.</param>
/// <param name="SentAt">When it was accepted, by the database's clock.</param>
/// <param name="Durability">What its commit waited for.</param>
/// <param name="Repeated">Whether it was stored by an earlier request under the same key.</param>
internal sealed record SentBody(
    Guid Id, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Log,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Number,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? SentAt, string Durability, bool Repeated);

/// <summary>A number of a log.</summary>
internal sealed record PositionBody(string Log, long Number);

/// <summary>An entry of a log.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Log">The log.</param>
/// <param name="Number">Its number there.</param>
/// <param name="After">Who holds everything up to this number misses nothing before the entry.</param>
/// <param name="Kind">
/// What it is: <c>message</c> or <c>deleted</c>; of a room also <c>joined</c>, <c>left</c>, <c>removed</c>, <c>title</c> and <c>role</c>.
/// </param>
/// <param name="Target">Of a deletion: the number of the message.</param>
/// <param name="DeletedBy">Of a message that was deleted: the number of the deletion.</param>
/// <param name="Conversation">The conversation, as the reader sees it.</param>
/// <param name="From">Who wrote it; empty for an operator.</param>
/// <param name="FromName">Their display name.</param>
/// <param name="Text">What they wrote. Of a change of a room: the new role, or the title.</param>
/// <param name="SentAt">When it was accepted, by the database's clock.</param>
/// <param name="User">Of a change of a room: whom it is about.</param>
/// <param name="By">Of a change of a room: who made it; absent for an operator, and where an owner was appointed.</param>
internal sealed record EntryBody(
    Guid Id, string Log, long Number, long After, string Kind, long? Target, long? DeletedBy, string Conversation, string From,
    string FromName, string Text, string SentAt, string? User, string? By);

/// <summary>A page of a conversation, oldest first.</summary>
internal sealed record PageBody(
    EntryBody[] Entries, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Older,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Newer);

/// <summary>A part of a log, by number, and the log's last number.</summary>
internal sealed record LogBody(EntryBody[] Entries, long Last);

/// <summary>Up to which number of each log everything counts as received.</summary>
internal sealed record ReceivedAnswer(Dictionary<string, long> Received);

/// <summary>A conversation, as its owner sees it.</summary>
/// <param name="Conversation">Its name.</param>
/// <param name="Log">The log that the numbers are of.</param>
/// <param name="Name">The display name, or the room's title.</param>
/// <param name="Last">The latest message of either side, or the latest entry of the room.</param>
/// <param name="Unread">How many messages of others are unread.</param>
/// <param name="UnreadAt">The last number of the log when they were counted.</param>
/// <param name="Read">The number up to which everything was read.</param>
/// <param name="Muted">Whether the owner has muted it.</param>
internal sealed record ConversationBody(
    string Conversation, string Log, string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] EntryBody? Last,
    UnreadCount Unread, long UnreadAt, long Read, bool Muted);

/// <summary>Conversations, the one with the latest message first.</summary>
internal sealed record ConversationsBody(
    string Epoch, Dictionary<string, long> Ends, ConversationBody[] Conversations,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Older);

/// <summary>A read marker, and what is unread above it.</summary>
internal sealed record MarkerBody(long Read, UnreadCount Unread, long UnreadAt);

/// <summary>The users whom the user has blocked.</summary>
internal sealed record BlocksBody(string[] Blocks);

/// <summary>Whether users are online.</summary>
internal sealed record PresenceBody(UserPresenceBody[] Presence);

/// <summary>Whether a user is online; one that does not exist is not.</summary>
internal sealed record UserPresenceBody(string User, bool Online);

/// <summary>What a client may know of the service before it logs in.</summary>
internal sealed record ServerBody(string Name, string Version, string Epoch, string Registration, LimitsBody Limits);

/// <summary>What requests may hold.</summary>
/// <param name="TextBytes">The length of a text, in bytes of UTF-8.</param>
/// <param name="BodyBytes">The length of a body.</param>
/// <param name="PageEntries">The entries of a page.</param>
/// <param name="PresenceUsers">The users of one question after presence.</param>
/// <param name="PasswordCharacters">The smallest length of a new password, in characters.</param>
/// <param name="RoomMembers">The members of a room.</param>
/// <param name="RoomsPerUser">The rooms that a user is in.</param>
internal sealed record LimitsBody(
    int TextBytes, int BodyBytes, int PageEntries, int PresenceUsers, int PasswordCharacters, int RoomMembers, int RoomsPerUser);
