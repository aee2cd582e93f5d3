using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Ledgers;
using static OrleansChat.Verification.Tests.Ledgers.ScriptedService;

namespace OrleansChat.Verification.Tests.Ledgers;

/// <summary>What a service may say of a user whom an operator removes and erases, and the ledger believes or does not.</summary>
public sealed class RemovalLiesTests
{
    private const string NoRecipient = """{"status": "ERROR", "message": "User Tidak Ditemukan"}""";

    private readonly ScriptedService _service = new();
    private ChatActor _leaver = null!;
    private ChatActor _friend = null!;

    private UserEntry Leaver => _service.User("leaver");

    [Theory]
    [InlineData(Sent, true)]
    [InlineData(NotFound, true)]
    [InlineData(NoRecipient, false)] // of a recipient who is there
    public async Task While_a_user_is_being_removed_their_sends_may_succeed_or_not(string reply, bool isBelieved)
    {
        await TwoAsync();
        _service.Ledger.BeginRemoval(Leaver);
        _service.Says(reply);
        await _leaver.SendAsync(_service.User("friend"));
        Judge(isBelieved, Invariants.ReplyForm);
    }

    [Theory]
    [InlineData(Sent, false)]
    [InlineData(NotFound, true)]
    [InlineData(Unavailable, true)]
    public async Task After_it_nothing_that_they_send_is_accepted(string reply, bool isBelieved)
    {
        await RemoveAsync();
        _service.Says(reply);
        await _leaver.SendAsync(_service.User("friend"));
        Judge(isBelieved, Invariants.LoggedOutOpensNothing);
    }

    [Theory]
    [InlineData(Sent, false)]
    [InlineData(NoRecipient, true)]
    public async Task Nor_is_anything_that_is_sent_to_them(string reply, bool isBelieved)
    {
        await RemoveAsync();
        _service.Says(reply);
        await _friend.SendAsync(Leaver);
        Judge(isBelieved, Invariants.ExpiredIsGone);
    }

    [Fact]
    public async Task A_session_may_not_end_before_anybody_removes_its_user()
    {
        await TwoAsync();
        _service.Says(NotFound);
        await _leaver.SendAsync(_service.User("friend"));
        _service.IsCaught(Invariants.SessionKept);
    }

    [Theory]
    [InlineData("leaver", true, false, true)]
    [InlineData("removed-7", true, false, true)]
    [InlineData("somebody", true, false, false)] // never
    [InlineData("removed-7", false, false, false)] // before anybody erased them
    [InlineData("removed-7", true, true, true)]
    public async Task Until_the_erasure_is_answered_either_name_may_be_shown(string name, bool isBegun, bool isErased, bool isBelieved)
    {
        await ShowAsync(name, isBegun, isErased);
        Judge(isBelieved, Invariants.OnceEach);
    }

    [Fact]
    public async Task After_it_the_name_is_shown_no_more()
    {
        await ShowAsync("leaver", isBegun: true, isErased: true);
        _service.IsCaught(Invariants.ExpiredIsGone);
    }

    private async Task ShowAsync(string name, bool isBegun, bool isErased)
    {
        await TwoAsync();
        _service.Says(Sent);
        await _leaver.SendAsync(_service.User("friend"));
        _service.Ledger.BeginRemoval(Leaver);
        _service.Ledger.Removed(Leaver);
        if (isBegun) _service.Ledger.BeginErasure(Leaver);
        if (isErased) _service.Ledger.Erased(Leaver);
        _service.Says(Inbox(name, (0, 0)));
        await _friend.ReadInboxAsync();
    }

    private async Task RemoveAsync()
    {
        await TwoAsync();
        _service.Ledger.BeginRemoval(Leaver);
        _service.Ledger.Removed(Leaver);
    }

    private async Task TwoAsync() => (_leaver, _friend) = (await _service.ComesAsync("leaver"), await _service.ComesAsync("friend"));

    private void Judge(bool isBelieved, string invariant)
    {
        if (isBelieved) _service.IsBelieved();
        else _service.IsCaught(invariant);
    }
}
