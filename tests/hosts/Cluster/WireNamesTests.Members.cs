namespace OrleansChat.Hosts.Tests.Cluster;

public sealed partial class WireNamesTests
{
    // What is sent, and its members by their numbers. One may come, which the version before leaves out; nothing else may change.
    private const string Members = FirstMembers + "\n" + LastMembers;

    private const string FirstMembers =
        """
        OrleansChat.AppendReply
            0 Status SendStatus
            1 Places EntryPlace[]
            2 Durability String
        OrleansChat.Arrival
            0 LogId Int64
            1 After Int64
            2 Last Int64
            3 Entries LogEntry[]
        OrleansChat.Conversation
            0 Peer String
            1 PeerName String
            2 LogId Int64
            3 Last LogEntry
            4 Unread Int32
            5 UnreadAt Int64
            6 Read Int64
            7 IsMuted Boolean
        OrleansChat.ConversationList
            0 Epoch String
            1 LogId Int64
            2 End Int64
            3 Conversations Conversation[]
            4 Older Nullable<ListPlace>
            5 Rooms Position[]
        OrleansChat.ConversationPage
            0 Epoch String
            1 Entries LogEntry[]
            2 Older Nullable<ConversationPlace>
            3 Newer Nullable<ConversationPlace>
        OrleansChat.ConversationPlace
            0 Received Int64
            1 Sent Int64
        OrleansChat.ConversationReply`1
            0 Status ConversationStatus
            1 Value T
        OrleansChat.EntryPlace
            0 LogId Int64
            1 Number Int64
            2 AcceptedAt DateTimeOffset
        OrleansChat.FoundUser
            0 User String
            1 Name String
        OrleansChat.HeldSession
            0 SessionKey String
            1 User String
            2 Since DateTimeOffset
            3 LoggedIn Boolean
            4 AcceptedAt Nullable<DateTimeOffset>
            5 UseNumber Int64
        OrleansChat.InboxAttachment
            0 Log LogAttachment
            1 Rooms Position[]
        OrleansChat.InboxMessage
            0 Number Int64
            1 Sender String
            2 SenderName String
            3 Text Byte[]
            4 Room String
            5 RoomLog Int64
        OrleansChat.InboxPage
            0 OwnerName String
            1 AccountId Int64
            2 Messages InboxMessage[]
            3 Through Int64
            4 Rooms Position[]
        OrleansChat.InboxPositions
            0 Number Int64
            1 Rooms Position[]
        OrleansChat.InvitationReply
            0 Status AccountStatus
            1 ExpiresAt DateTimeOffset
        OrleansChat.ListPlace
            0 AcceptedAt DateTimeOffset
            1 PeerId Int64
        OrleansChat.ListUsersReply
            0 Session SessionUse
            1 Users String[]
        OrleansChat.LogAttachment
            0 LogId Int64
            1 Last Int64
            2 Entries LogEntry[]
            3 Silo String
        OrleansChat.LogEntry
            0 Id Guid
            1 LogId Int64
            2 Number Int64
            3 Kind EntryKind
            4 Target Nullable<Int64>
            5 Sender String
            6 SenderName String
            7 AcceptedAt DateTimeOffset
            8 Text Byte[]
            9 User String
        OrleansChat.LogPart
            0 Entries LogEntry[]
            1 Last Int64
            2 First Nullable<Int64>
        OrleansChat.LogStanding
            0 LogId Int64
            1 Last Int64
            2 Received Int64
            3 Purged Int64
        OrleansChat.MailboxDelivery
            0 SessionKey String
            1 Messages OutgoingMessage[]
            3 SenderId Int64
            4 Fingerprint Byte[]
        OrleansChat.OnlineUsers
            0 Names String[]
        OrleansChat.OutgoingMessage
            0 Id Guid
            1 Recipient String
            2 Text Byte[]
            3 OnceId String
        OrleansChat.OwnAccount
            0 User String
            1 Name String
            2 LogId Int64
            3 Epoch String
            4 Last Int64
            5 Received Int64
        """;
}
