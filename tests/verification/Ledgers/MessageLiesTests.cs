using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Ledgers;
using static OrleansChat.Verification.Tests.Ledgers.ScriptedService;

namespace OrleansChat.Verification.Tests.Ledgers;

/// <summary>What a service may say of messages, and the ledger believes or does not.</summary>
public sealed class MessageLiesTests
{
    private readonly ScriptedService _service = new();

    [Fact]
    public async Task An_acknowledged_message_may_not_be_missing_from_an_empty_mailbox()
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(Sent, Inbox("anna"));
        await anna.SendAsync(_service.User("ben"));
        await ben.ReadInboxAsync();
        _service.IsCaught(Invariants.AcknowledgedIsDurable);
    }

    [Fact]
    public async Task Nor_may_a_later_one_come_without_it()
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(Sent, Sent, Inbox("anna", (0, 1)));
        await anna.SendAsync(_service.User("ben"), _service.User("ben"));
        await ben.ReadInboxAsync();
        _service.IsCaught(Invariants.AcknowledgedIsDurable);
    }

    [Fact]
    public async Task A_message_whose_send_was_not_answered_may_come_or_not()
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(Unavailable, Inbox("anna"), Inbox("anna", (0, 0)), Inbox("anna"));
        await anna.SendAsync(_service.User("ben"));
        for (var i = 0; i < 3; i++) await ben.ReadInboxAsync();
        _service.IsBelieved();
    }

    [Fact]
    public async Task What_was_handed_over_may_not_be_gone_before_its_receipt()
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(Sent, Inbox("anna", (0, 0)));
        await anna.SendAsync(_service.User("ben"));
        await ben.ReadInboxAsync(InboxWay.ResetAfterReply);
        var again = await _service.ComesAsync("ben");
        _service.Says(Inbox("anna"));
        await again.ReadInboxAsync();
        _service.IsCaught(Invariants.ReceivedBeforeGone);
    }

    [Fact]
    public async Task It_may_come_again_before_its_receipt()
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(Sent, Inbox("anna", (0, 0)));
        await anna.SendAsync(_service.User("ben"));
        await ben.ReadInboxAsync(InboxWay.ResetAfterReply);
        var again = await _service.ComesAsync("ben");
        _service.Says(Inbox("anna", (0, 0)), Inbox("anna"));
        await again.ReadInboxAsync();
        await again.ReadInboxAsync();
        _service.IsBelieved();
    }

    [Fact]
    public async Task What_went_with_a_reply_that_broke_is_not_received()
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(Sent, null);
        await anna.SendAsync(_service.User("ben"));
        await ben.ReadInboxAsync();
        var again = await _service.ComesAsync("ben");
        _service.Says(Inbox("anna"));
        await again.ReadInboxAsync();
        _service.IsCaught(Invariants.ReceivedBeforeGone);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whose_receipt_may_have_arrived_may_come_again_or_not(bool comesAgain)
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(Sent, Inbox("anna", (0, 0)), null);
        await anna.SendAsync(_service.User("ben"));
        await ben.ReadInboxAsync();
        await ben.ListUsersAsync();
        var again = await _service.ComesAsync("ben");
        _service.Says(comesAgain ? Inbox("anna", (0, 0)) : Inbox("anna"));
        await again.ReadInboxAsync();
        _service.IsBelieved();
    }

    [Fact]
    public async Task A_message_may_not_come_after_its_receipt()
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(Sent, Inbox("anna", (0, 0)), Users("anna", "ben"));
        await anna.SendAsync(_service.User("ben"));
        await ben.ReadInboxAsync();
        await ben.ListUsersAsync();
        var other = await _service.ComesAsync("ben");
        _service.Says(Inbox("anna", (0, 0)));
        await other.ReadInboxAsync();
        _service.IsCaught(Invariants.OnceEach);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)] // twice in one reply
    [InlineData(0, 0, 0, 5)] // one that nobody sent
    [InlineData(0, 0, 7, 0)] // of a stream that nobody began
    public async Task Only_what_was_sent_may_come_and_once(int stream, int sequence, int otherStream, int otherSequence)
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(Sent, Inbox("anna", (stream, sequence), (otherStream, otherSequence)));
        await anna.SendAsync(_service.User("ben"));
        await ben.ReadInboxAsync();
        _service.IsCaught(Invariants.OnceEach);
    }

    [Fact]
    public async Task What_was_refused_may_not_come()
    {
        var (anna, ben) = await TwoAsync();
        _service.Says("""{"status": "ERROR", "message": "Kotak Masuk Penuh"}""", Inbox("anna", (0, 0)));
        await anna.SendAsync(_service.User("ben"));
        await ben.ReadInboxAsync();
        _service.IsCaught(Invariants.OnceEach);
    }

    [Fact]
    public async Task Nor_may_it_come_to_somebody_else()
    {
        var (anna, _) = await TwoAsync();
        _service.Says(Sent, Inbox("anna", (0, 0)));
        await anna.SendAsync(_service.User("ben"));
        await anna.ReadInboxAsync();
        _service.IsCaught(Invariants.OnceEach);
    }

    [Fact]
    public async Task An_ID_has_one_receipt()
    {
        var (anna, _) = await TwoAsync();
        _service.Says(Receipt(1), Receipt(1));
        await anna.SendOnceAsync(_service.User("ben"));
        await anna.RepeatOnceAsync(0);
        _service.IsBelieved();
        _service.Says(Receipt(2));
        await anna.RepeatOnceAsync(0);
        _service.IsCaught(Invariants.OnceEach);
    }

    [Fact]
    public async Task Messages_of_one_connection_keep_their_order()
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(Sent, Sent, Inbox("anna", (0, 1), (0, 0)));
        await anna.SendAsync(_service.User("ben"), _service.User("ben"));
        await ben.ReadInboxAsync();
        _service.IsCaught(Invariants.Order);
    }

    [Fact]
    public async Task Mailboxes_that_are_read_at_the_end_hold_all_that_was_acknowledged()
    {
        var (anna, _) = await TwoAsync();
        _service.Says(Sent);
        await anna.SendAsync(_service.User("ben"));
        _service.Ledger.Drained(_service.User("ben"));
        _service.Ledger.Finish();
        _service.IsCaught(Invariants.AcknowledgedIsDurable);
    }

    [Theory]
    [InlineData("""{"status": "OK"}""")]
    [InlineData("""{"status": "OK", "message": "message sent"}""")]
    [InlineData("""{"status": "MAYBE", "message": "Message Sent"}""")]
    [InlineData("OK")]
    [InlineData("""{"status": "ERROR", "message": "Password Salah"}""")]
    public async Task A_reply_has_the_form_of_the_protocol(string reply)
    {
        var (anna, _) = await TwoAsync();
        _service.Says(reply);
        await anna.SendAsync(_service.User("ben"));
        _service.IsCaught(Invariants.ReplyForm);
    }

    private async Task<(ChatActor Anna, ChatActor Ben)> TwoAsync() => (await _service.ComesAsync("anna"), await _service.ComesAsync("ben"));
}
