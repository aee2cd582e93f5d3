namespace OrleansChat.Hosts.Tests.Cluster;

public sealed partial class WireNamesTests
{
    // From PageRequest on: see FirstMembers.
    private const string LastMembers =
        """
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
        OrleansChat.PushBatch
            0 Arrivals Arrival[]
            1 Notices UserNotice[]
            2 Silo String
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
        OrleansChat.RoomStanding
            0 Log LogStanding
            1 Name String
            2 Role MemberRole
            3 Joined Int64
            4 Members Int32
        OrleansChat.Secret
            0 Value String
        OrleansChat.SendLoan
            0 Lent Int32
            1 Left Int32
            2 HasStreams Boolean
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
            5 HasStreams Boolean
        OrleansChat.SessionUse
            0 User String
            1 Moved Boolean
            2 Number Int64
        OrleansChat.Standing
            0 User String
            1 Name String
            2 Epoch String
            3 Inbox LogStanding
            4 Rooms RoomStanding[]
        OrleansChat.UserNotice
            0 User String
            1 Kind NoticeKind
            2 Conversation String
            3 LogId Int64
            4 Number Int64
            5 Unread Int32
            6 UnreadAt Int64
            7 Entry LogEntry
            8 SessionKey String
            9 OnceId String
        """;
}
