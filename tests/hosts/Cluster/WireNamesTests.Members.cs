namespace OrleansChat.Hosts.Tests.Cluster;

public sealed partial class WireNamesTests
{
    // What is sent, and its members by their numbers. One may come, which the version before leaves out; nothing else may change.
    private const string Members =
        """
        OrleansChat.AppendReply
            0 Status SendStatus
            1 Places EntryPlace[]
            2 Durability String
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
        OrleansChat.PageRequest
            0 Peer String
            1 Kind PageKind
            2 Place ConversationPlace
            3 Epoch String
            4 Limit Int32
        OrleansChat.PasswordCheck
            0 Status LogInStatus
            1 AccountId Int64
            2 SecurityStamp Guid
        OrleansChat.Position
            0 LogId Int64
            1 Number Int64
        OrleansChat.Positions
            0 Logs Position[]
        OrleansChat.PresenceAnswer
            0 Epoch Guid
            1 ReportAll Boolean
            2 Forget PresenceNotice[]
        OrleansChat.PresenceNotice
            0 Number Int64
            1 SessionKey String
            2 Ended Boolean
            3 UseNumber Int64
        OrleansChat.PresenceReport
            0 Gateway String
            1 Epoch Guid
            2 IsAll Boolean
            3 Held HeldSession[]
            4 Dropped String[]
            5 NoticesSeen Int64
            6 Number Int64
        OrleansChat.ReadInboxReply
            0 Session SessionUse
            1 Page InboxPage
        OrleansChat.RedemptionReply
            0 Status AccountStatus
            1 Room String
            2 LogId Int64
            3 Number Int64
        OrleansChat.RegistrationInfo
            0 Mode RegistrationMode
            1 MinPasswordLength Int32
        OrleansChat.RoomChangeReply
            0 Status RoomChangeStatus
            1 LogId Int64
            2 Number Int64
        OrleansChat.RoomChangeRequest
            0 Id Guid
            1 Action RoomAction
            2 User String
            3 Role MemberRole
            4 Title String
            5 IsPublic Nullable<Boolean>
            6 ShowsAll Nullable<Boolean>
        OrleansChat.RoomInfo
            0 Epoch String
            1 Name String
            2 Title String
            3 IsPublic Boolean
            4 ShowsAll Boolean
            5 Members Int32
            6 Mine RoomMembership
        OrleansChat.RoomMember
            0 AccountId Int64
            1 Name String
            2 DisplayName String
            3 Role MemberRole
        OrleansChat.RoomMembership
            0 LogId Int64
            1 Role MemberRole
            2 Joined Int64
            3 Received Int64
            4 Read Int64
            5 IsMuted Boolean
            6 Last Int64
            7 Unread Int32
        OrleansChat.RoomPage
            0 Epoch String
            1 LogId Int64
            2 Entries LogEntry[]
            3 Older Nullable<Int64>
            4 Newer Nullable<Int64>
        OrleansChat.RoomPageRequest
            0 Room String
            1 Kind PageKind
            2 Place Int64
            3 Epoch String
            4 Limit Int32
        OrleansChat.Secret
            0 Value String
        OrleansChat.SendLoan
            0 Lent Int32
            1 Left Int32
        OrleansChat.SendOnceReply
            0 Session SessionUse
            1 Status SendStatus
            2 MessageId Guid
            3 Durability String
            4 Place Nullable<EntryPlace>
            5 IsRace Boolean
        OrleansChat.SessionInfo
            0 Id String
            1 IsCurrent Boolean
            2 Door String
            3 Device String
            4 Address String
            5 Since Nullable<DateTimeOffset>
            6 UsedAt DateTimeOffset
        OrleansChat.SessionLease
            0 Use SessionUse
            1 Sends Int32
            2 SendsPerSecond Int32
            3 AccountId Int64
            4 Left Int32
        OrleansChat.SessionUse
            0 User String
            1 Moved Boolean
            2 Number Int64
        """;
}
