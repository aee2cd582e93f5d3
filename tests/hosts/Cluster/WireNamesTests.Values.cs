namespace OrleansChat.Hosts.Tests.Cluster;

public sealed partial class WireNamesTests
{
    // Enumerations have no alias: they go by their full names, and may not move.
    private const string Values =
        """
        OrleansChat.GrainInterfaces.ConversationStatus
            0 Answered
            1 NoSession
            2 NotFound
            3 OtherEpoch
            4 Unavailable
        OrleansChat.GrainInterfaces.EntryKind
            0 Message
            1 Deleted
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
        OrleansChat.GrainInterfaces.SendStatus
            0 Unavailable
            1 Sent
            2 NoSession
            3 NoRecipient
            4 AlreadyBound
            5 TooManySends
            6 MailboxFull
            7 IdUsed
        """;
}
