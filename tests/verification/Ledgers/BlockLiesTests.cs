using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Tests.Ledgers;

/// <summary>What may come of a block, and the ledger believes or does not.</summary>
public sealed class BlockLiesTests : ConversationWorld
{
    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)] // unblocked since
    [InlineData(false, false, true)] // nobody knows whether they are blocked
    public void What_a_blocked_user_begins_to_send_is_not_stored(bool isKnown, bool isUnblocked, bool mayBeStored)
    {
        Block(true, isKnown);
        if (isUnblocked) Block(false, isKnown: false);
        var message = Send(Ben);
        Store(1, Ben, message);
        Judge(mayBeStored, Invariants.BlockedNeverArrives);
    }

    [Fact]
    public void Nor_is_its_sender_told_that_it_was_sent()
    {
        Block(true, isKnown: true);
        var send = Ledger.BeginSend(Ben.Connection, Ben.Session, Anna.User, once: false);
        Ledger.Answered(send, ScriptedService.Sent);
        Judge(false, Invariants.BlockedNeverArrives);
    }

    [Fact]
    public void What_was_under_way_may_be_stored_and_what_is_under_way_when_the_block_ends()
    {
        var before = Send(Ben);
        Block(true, isKnown: true);
        Store(1, Ben, before);
        var after = Send(Ben);
        Block(false, isKnown: true);
        Store(2, Ben, after);
        Judge(true, "");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Only_a_blocked_sender_may_be_told_that_there_is_no_such_user(bool isBlocked, bool isBelieved)
    {
        if (isBlocked) Block(true, isKnown: false);
        var send = Ledger.BeginSend(Ben.Connection, Ben.Session, Anna.User, once: false);
        Ledger.Answered(send, """{"status": "ERROR", "message": "User Tidak Ditemukan"}""");
        Judge(isBelieved, Invariants.ReplyForm);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_blocked_user_is_among_the_blocked(bool isBlocked, bool isListed)
    {
        Block(isBlocked, isKnown: true);
        Ledger.BlocksListed(Begin(Anna, RequestKind.ListBlocked), isListed ? ["ben"] : []);
        Judge(false, Invariants.BlockedNeverArrives);
    }
}
