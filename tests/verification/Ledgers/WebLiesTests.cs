using System.Text;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Tests.Ledgers;

/// <summary>What only HTTP says, and the ledger believes or does not.</summary>
public sealed class WebLiesTests : ConversationWorld
{
    private const long Log = 1;

    [Theory]
    [InlineData(Log, 1, 0, true)]
    [InlineData(Log, 2, 0, false)]
    [InlineData(7, 1, 0, false)]
    [InlineData(Log, 1, 1, false)]
    public void A_message_is_where_it_is_said_to_be(long log, long number, int late, bool isBelieved)
    {
        var request = Send(once: false);
        Store(1, Ben, request.Message);
        Ledger.Answered(request, Reply.Of(RequestOutcome.Done));
        Ledger.Placed(request, log, number, Noon.AddSeconds(late), isRepeated: false);
        Judge(isBelieved, Invariants.AcknowledgedIsDurable);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void A_key_that_was_acknowledged_is_repeated(bool isSaid, bool isBelieved)
    {
        var first = Send(once: true);
        Store(1, Ben, first.Message);
        Ledger.Answered(first, Reply.Of(RequestOutcome.Done, id: $"{Guid.Empty}"));
        var second = Ledger.BeginRepeat(Ben.Connection, Ben.Session, 0)!;
        Ledger.Answered(second, Reply.Of(RequestOutcome.Done, id: $"{Guid.Empty}"));
        Ledger.Placed(second, Log, 1, Noon, isSaid);
        Judge(isBelieved, Invariants.OnceEach);
    }

    [Fact]
    public void A_first_request_repeats_nothing()
    {
        var request = Send(once: true);
        Store(1, Ben, request.Message);
        Ledger.Answered(request, Reply.Of(RequestOutcome.Done, id: $"{Guid.Empty}"));
        Ledger.Placed(request, Log, 1, Noon, isRepeated: true);
        Judge(false, Invariants.OnceEach);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void A_session_that_nobody_ended_is_there(bool isSaid, bool isBelieved)
    {
        var other = Ledger.Begin(RequestKind.LogIn, Anna.Connection, Anna.User, null);
        Ledger.Answered(other, Reply.Of(RequestOutcome.Done, id: $"{Guid.NewGuid()}"));
        var request = Ledger.BeginEndSession(Anna.Connection, Anna.Session, other.Session!);
        Ledger.Answered(request, isSaid ? Reply.Of(RequestOutcome.Done) : Reply.Of(RequestOutcome.Refused, "NotFound"));
        Ledger.SessionEnded(request, isSaid);
        Judge(isBelieved, Invariants.SessionKept);
        Assert.False(other.Session!.IsUsable);
    }

    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(2, 1, false)]
    [InlineData(2, 9, false)]
    public void A_receipt_of_a_room_moves_as_far_as_it_asks(long asked, long answered, bool isBelieved)
    {
        var room = Ledger.User("#den");
        Ledger.RoomCreated(room, isPublic: false, showsAll: false);
        Ledger.Stored(room, 7, new StoredRow(1, Anna.User, EntryKind.Joined, Noon, Encoding.UTF8.GetBytes("owner"), User: Anna.User));
        Ledger.Stored(room, 7, new StoredRow(2, Anna.User, EntryKind.Joined, Noon, Encoding.UTF8.GetBytes("member"), User: Ben.User));
        var request = Ledger.BeginReceive(Ben.Connection, Ben.Session, [(room, asked)]);
        Ledger.ReceivedInRoom(request, room, asked, answered);
        Judge(isBelieved, Invariants.MarkerOnlyRises);
    }

    [Theory]
    [InlineData(RoomAction.Add, true)]
    [InlineData(RoomAction.Remove, false)]
    public void A_wish_for_a_room_makes_its_opposite_uncertain_until_it_is_refused(RoomAction action, bool isMember)
    {
        var room = Ledger.User("#den");
        Ledger.WishEnded(Ledger.BeginMembership(room, Ben.User, isMember ? MemberRole.Banned : MemberRole.Member), isDone: true);
        var wishes = Ledger.BeginChange(room, Anna.User, new RoomChangeRequest(default, action, Ben.User.Name));
        Assert.NotEmpty(wishes);
        Ledger.ChangeRefused(room, wishes);
        var request = Ledger.BeginSend(Ben.Connection, Ben.Session, room, once: false);
        Ledger.Answered(request, isMember ? Reply.Of(RequestOutcome.Done) : Reply.Of(RequestOutcome.Refused, Reply.NoRecipient));
        Judge(false, isMember ? Invariants.RolesHold : Invariants.ReplyForm);
    }

    private RequestEntry Send(bool once) => Ledger.BeginSend(Ben.Connection, Ben.Session, Anna.User, once);
}
