using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Verification.Clients.Conversations;

/// <summary>
/// One client's connection to a gateway, through a door that shows messages that stay. One request is under way at a time; its answer is
/// null if the connection broke. What a door does not say, it leaves at its default.
/// </summary>
internal interface IConversationDoor
{
    Task<Outcome<string>?> LogInAsync(string user, string password);

    /// <summary>Reads a page.</summary>
    /// <param name="token">The token of the session that asks.</param>
    /// <param name="asked">Which page.</param>
    /// <param name="log">The log that the message is in around which a page is asked for.</param>
    Task<Outcome<ConversationPage>?> ReadPageAsync(string token, PageRequest asked, long log);

    Task<Outcome<ConversationList>?> ListConversationsAsync(string token, int limit, ListPlace? before);

    Task<Outcome<Conversation>?> FindConversationAsync(string token, string peer);

    Task<Outcome<Conversation>?> SetMutedAsync(string token, string peer, bool isMuted);

    Task<Outcome<Conversation>?> MarkReadAsync(string token, string epoch, string peer, long upTo);

    Task<Outcome<Position>?> SetBlockedAsync(string token, string peer, bool isBlocked);

    Task<Outcome<string[]>?> ListBlockedAsync(string token);

    Task<Outcome<Position>?> DeleteAsync(string token, string epoch, string recipient, long log, long number);

    Task<Outcome<LogPart>?> ReadLogAsync(string token, string epoch, long after, int limit);

    Task<Outcome<Position>?> ReceiveAsync(string token, string epoch, long number);

    Task<Outcome<RoomChangeReply>?> ChangeRoomAsync(string token, string room, RoomChangeRequest change);

    Task<Outcome<RoomInfo>?> FindRoomAsync(string token, string room);

    Task<Outcome<RoomMember[]>?> ListMembersAsync(string token, string room);

    Task<Outcome<RoomInfo[]>?> ListRoomsAsync(string token, bool isMine, int limit, string after);

    Task<Outcome<RoomPage>?> ReadRoomPageAsync(string token, RoomPageRequest asked, long log);

    Task<Outcome<LogPart>?> ReadRoomLogAsync(string token, string epoch, long log, long after, int limit);

    Task<Outcome<RoomInfo>?> MarkRoomReadAsync(string token, string epoch, string room, long log, long upTo);

    Task<Outcome<Position>?> DeleteInRoomAsync(string token, string epoch, string room, long log, long number);

    /// <summary>Closes the connection.</summary>
    void Close();
}

/// <summary>Where conversations are read: real or simulated gateways.</summary>
internal interface IConversationDoors
{
    /// <summary>Connects to a gateway; null if nobody listens.</summary>
    Task<IConversationDoor?> OpenDoorAsync(int gateway);

    /// <summary>
    /// Waits until the ledger knows all that was committed before. An answer may show what was committed just now.
    /// </summary>
    Task SettleAsync();

    /// <summary>Whether somebody is online because they use such a door.</summary>
    bool IsShown { get; }

    /// <summary>Whether the ledger hears later of what is committed, so that clients must tell it what they wish to change.</summary>
    bool IsLate { get; }
}
