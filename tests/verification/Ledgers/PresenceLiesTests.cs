using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Ledgers;
using static OrleansChat.Verification.Tests.Ledgers.ScriptedService;

namespace OrleansChat.Verification.Tests.Ledgers;

/// <summary>What a service may say of sessions and of who is there, and the ledger believes or does not.</summary>
public sealed class PresenceLiesTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ScriptedService _service = new();

    [Fact]
    public async Task A_logged_out_token_opens_nothing()
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(LoggedOut("anna"), Sent, NotFound, NotFound);
        await anna.LogOutAsync();
        await anna.TryLoggedOutAsync(_service.User("ben"));
        _service.IsCaught(Invariants.LoggedOutOpensNothing);
        Assert.True(ben.HasSession);
    }

    [Fact]
    public async Task A_token_is_kept_until_its_logout()
    {
        var (anna, _) = await TwoAsync();
        _service.Says(NotFound);
        await anna.ReadInboxAsync();
        _service.IsCaught(Invariants.SessionKept);
    }

    [Fact]
    public async Task A_logout_that_was_not_answered_may_have_ended_the_session()
    {
        var (anna, _) = await TwoAsync();
        _service.Says(Unavailable, NotFound);
        await anna.LogOutAsync();
        await anna.ReadInboxAsync();
        _service.IsBelieved();
    }

    [Fact]
    public async Task Who_is_there_is_listed_and_once()
    {
        var (anna, _) = await TwoAsync();
        _service.Says(Users("anna", "ben"), Users("ben", "anna", "ben"));
        await anna.ListUsersAsync();
        _service.IsBelieved();
        await anna.ListUsersAsync();
        _service.IsCaught(Invariants.NoGhost);
    }

    [Fact]
    public async Task Who_is_there_may_not_be_missing()
    {
        var (anna, _) = await TwoAsync();
        _service.Says(Users("anna"));
        await anna.ListUsersAsync();
        _service.IsCaught(Invariants.NoGhost);
    }

    [Fact]
    public async Task Who_is_there_may_be_missing_for_ten_seconds_after_a_death()
    {
        var (anna, _) = await TwoAsync();
        _service.Ledger.ProcessDied("a silo");
        _service.Says(Users("anna"), Users("anna"));
        _service.Time.Advance(10 * Second);
        await anna.ListUsersAsync();
        _service.IsBelieved();
        _service.Time.Advance(Second);
        await anna.ListUsersAsync();
        _service.IsCaught(Invariants.NoGhost);
    }

    [Fact]
    public async Task Who_logged_out_is_gone_at_once()
    {
        var (anna, ben) = await TwoAsync();
        _service.Says(LoggedOut("ben"), Users("anna", "ben"));
        await ben.LogOutAsync();
        await anna.ListUsersAsync();
        _service.IsCaught(Invariants.NoGhost);
    }

    [Theory]
    [InlineData(false, 10)]
    [InlineData(true, 30)]
    public async Task Who_is_gone_is_listed_no_longer_than_promised(bool silently, int seconds)
    {
        var (anna, ben) = await TwoAsync();
        if (silently) ben.Vanish();
        else ben.Reset();
        _service.Says(Users("anna", "ben"), Users("anna", "ben"));
        _service.Time.Advance(seconds * Second);
        await anna.ListUsersAsync();
        _service.IsBelieved();
        _service.Time.Advance(Second);
        await anna.ListUsersAsync();
        _service.IsCaught(Invariants.NoGhost);
        Assert.Equal((seconds + 1) * Second, _service.Ledger.Statistics.LongestGhost);
    }

    [Fact]
    public async Task Where_a_gateway_died_thirty_seconds_are_promised()
    {
        var anna = await _service.ComesAsync("anna");
        _ = await _service.ComesAsync("ben", gateway: 1);
        _service.Ledger.ProcessDied("a gateway");
        _service.Ledger.GatewayDied(1);
        _service.Says(Users("anna", "ben"), Users("anna", "ben"));
        _service.Time.Advance(30 * Second);
        await anna.ListUsersAsync();
        _service.IsBelieved();
        _service.Time.Advance(Second);
        await anna.ListUsersAsync();
        _service.IsCaught(Invariants.NoGhost);
    }

    [Theory]
    [InlineData(19, true)]
    [InlineData(20, false)]
    public async Task A_gateway_that_is_told_to_stop_while_it_is_frozen_dies_when_it_is_killed(int seconds, bool isBelieved)
    {
        var anna = await _service.ComesAsync("anna");
        _ = await _service.ComesAsync("ben", gateway: 1);
        _service.Ledger.GatewayFrozen(1);
        _service.Ledger.GatewayDied(1);
        _service.Time.Advance(11 * Second);
        _service.Ledger.GatewayDied(1);
        _service.Says(Users("anna", "ben"));
        _service.Time.Advance(11 * Second);
        _service.Time.Advance(seconds * Second);
        await anna.ListUsersAsync();
        if (isBelieved) _service.IsBelieved();
        else _service.IsCaught(Invariants.NoGhost);
    }

    [Fact]
    public async Task An_unanswered_use_brings_no_session_back_to_where_it_was_before()
    {
        var (anna, _) = await TwoAsync();
        var (ledger, carl) = (_service.Ledger, _service.User("carl"));
        var (first, second, third) = (ledger.Opened(0, "a"), ledger.Opened(0, "b"), ledger.Opened(0, "c"));
        var login = ledger.Begin(RequestKind.LogIn, first, carl, session: null);
        ledger.Answered(login, _service.LoggedIn());

        // Two uses at once: the service may have had the third connection's last.
        var uses = new[] { second, third }.Select(connection => ledger.Begin(RequestKind.Inbox, connection, carl, login.Session)).ToList();
        foreach (var use in uses) ledger.Answered(use, Inbox("carl"));
        ledger.Closed(first, silently: false);
        ledger.Closed(third, silently: false);
        ledger.Answered(ledger.Begin(RequestKind.Inbox, second, carl, login.Session), Unavailable);

        _service.Says(Users("anna", "ben"));
        _service.Time.Advance(11 * Second);
        await anna.ListUsersAsync();
        _service.IsBelieved();
    }

    private async Task<(ChatActor Anna, ChatActor Ben)> TwoAsync() => (await _service.ComesAsync("anna"), await _service.ComesAsync("ben"));
}
