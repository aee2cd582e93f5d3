namespace OrleansChat.Hosts.Tests.Cluster;

public sealed partial class WireNamesTests
{
    // Enumerations have no alias: they go by their full names, and may not move.
    private const string Values =
        """
        OrleansChat.GrainInterfaces.AccountStatus
            0 Unavailable
            1 Done
            2 NoSession
            3 WrongPassword
            4 TooManyAttempts
            5 TooManyChanges
            6 Busy
            7 BadDisplayName
            8 BadPassword
            9 BadUserName
            10 NameTaken
            11 Closed
            12 NoInvitation
            13 TooManyRegistrations
            14 TooManyInvitations
            15 BadInvitation
            16 NoSuchRoom
            17 Forbidden
            18 RoomFull
            19 TooManyRooms
        OrleansChat.GrainInterfaces.ConversationStatus
            0 Answered
            1 NoSession
            2 NotFound
            3 OtherEpoch
            4 Unavailable
        OrleansChat.GrainInterfaces.EntryKind
            0 Message
            1 Deleted
            2 Joined
            3 Left
            4 Removed
            5 Title
            6 Role
        OrleansChat.GrainInterfaces.LogInStatus
            0 NoSuchUser
            1 WrongPassword
            2 LoggedIn
            3 TooManyAttempts
            4 Busy
        OrleansChat.GrainInterfaces.PageKind
            0 Newest
            1 Before
            2 After
            3 Around
        OrleansChat.GrainInterfaces.PasswordRecall
            0 Nothing
            1 Right
            2 Other
            3 TooManyAttempts
        OrleansChat.GrainInterfaces.Push.NoticeKind
            0 Account
            1 Rooms
            2 Read
            3 Sent
        OrleansChat.GrainInterfaces.RegistrationMode
            0 Closed
            1 Invite
            2 Open
        OrleansChat.GrainInterfaces.Rooms.MemberRole
            0 Banned
            1 Reader
            2 Member
            3 Moderator
            4 Owner
        OrleansChat.GrainInterfaces.Rooms.RoomAction
            0 Create
            1 Join
            2 Add
            3 Leave
            4 Remove
            5 SetRole
            6 Set
            7 Delete
        OrleansChat.GrainInterfaces.Rooms.RoomChangeStatus
            0 Unavailable
            1 Done
            2 NoSession
            3 NoSuchRoom
            4 Forbidden
            5 NameTaken
            6 NoSuchUser
            7 NotAMember
            8 RoomFull
            9 TooManyRooms
            10 LastOwner
            11 BadName
            12 BadTitle
            13 NoSuchRole
            14 Malformed
            15 Busy
            16 HasLeft
        OrleansChat.GrainInterfaces.SendStatus
            0 Unavailable
            1 Sent
            2 NoSession
            3 NoRecipient
            4 AlreadyBound
            5 TooManySends
            6 MailboxFull
            7 IdUsed
            8 RoomBusy
        """;
}
