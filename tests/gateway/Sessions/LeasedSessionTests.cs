using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using static OrleansChat.Gateway.Tests.Sessions.LeasingGrains;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>What a connection does with a session that is leased to it, and what it asks and reports.</summary>
public sealed class LeasedSessionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly LeasingGrains _grains;

    public LeasedSessionTests() => _grains = new LeasingGrains(_time, _time.Advance);

    [Fact]
    public async Task A_session_that_does_not_answer_is_an_error_and_sends_nothing()
    {
        _grains.IsThere = false;
        var session = _grains.Connect();
        await Assert.ThrowsAsync<TimeoutException>(() => session.SendAsync([Message()], isRepetition: false).AsTask());
        Assert.Equal(0, _grains.Appends);
        _grains.IsThere = true;
        Assert.Equal(2, await SendAsync(session, 2));
    }

    [Theory]
    [InlineData(SendStatus.NoRecipient)]
    [InlineData(SendStatus.MailboxFull)]
    public async Task What_is_known_of_a_recipient_is_told_only_to_a_session_that_is_alive(SendStatus answer)
    {
        var session = _grains.Connect();
        _grains.Answer = answer;
        Assert.Equal([answer], (await session.SendAsync([Message()], isRepetition: false)).Statuses);
        Assert.Equal(1, _grains.Questions);

        _grains.IsAlive = false;
        var reply = await session.SendAsync([Message()], isRepetition: false);
        Assert.Equal([SendStatus.NoSession], reply.Statuses);
        Assert.Null(reply.Use.User);
    }

    [Fact]
    public async Task A_name_that_nobody_can_have_is_no_less_a_secret()
    {
        var session = _grains.Connect();
        _grains.IsAlive = false;
        var reply = await session.SendAsync([Message() with { Recipient = "no such" }], isRepetition: false);
        Assert.Equal([SendStatus.NoSession], reply.Statuses);
        Assert.Equal((0, 1), (_grains.Appends, _grains.Questions));
    }

    [Fact]
    public async Task Nothing_is_reported_of_a_session_that_has_ended()
    {
        _grains.Rate = 0;
        var session = _grains.Connect();
        await SendAsync(session);
        await SendAsync(session);
        _grains.Answer = SendStatus.NoSession;
        Assert.Null((await session.SendAsync([Message()], isRepetition: false)).Use.User);
        session.End();
        Assert.True(session.IsOver);
        Assert.Null(session.TakeUnreported());
        _time.Advance(10 * Second);
        Assert.Empty(_grains.Reported);
    }

    [Fact]
    public async Task Uses_under_a_lease_are_numbered_by_their_time_and_reported_when_it_has_ended()
    {
        _grains.Rate = 0;
        var session = _grains.Connect();
        Assert.Equal(new SessionUse("anna", true, FirstNumber), (await session.SendAsync([Message()], isRepetition: false)).Use);
        _time.Advance(Second);
        Assert.Equal(
            new SessionUse("anna", false, FirstNumber + Second.Ticks), (await session.SendAsync([Message()], isRepetition: false)).Use);
        _time.Advance(Second);
        Assert.Empty(_grains.Reported);
        _time.Advance(Second);
        Assert.Equal([new SessionUse("anna", false, FirstNumber + Second.Ticks)], _grains.Reported);
        _time.Advance(10 * Second);
        Assert.Single(_grains.Reported);
    }

    [Fact]
    public async Task A_use_that_the_session_has_counted_is_not_reported()
    {
        _grains.Rate = 0;
        var session = _grains.Connect();
        await SendAsync(session);
        _time.Advance(10 * Second);
        Assert.Empty(_grains.Reported);
    }

    [Fact]
    public async Task A_busy_session_reports_nothing_while_it_is_busy()
    {
        _grains.Rate = 0;
        var session = _grains.Connect();
        for (var i = 0; i < 100; i++)
        {
            await SendAsync(session);
            _time.Advance(Second / 10);
        }
        Assert.Empty(_grains.Reported);
        _time.Advance(3 * Second);
        Assert.Single(_grains.Reported);
    }

    [Fact]
    public async Task A_lease_that_took_long_is_good_for_one_use()
    {
        _grains.Rate = 0;
        _grains.Delay = LeasedSession.LongestAnswer + TimeSpan.FromMilliseconds(1);
        var session = _grains.Connect();
        await SendAsync(session);
        await SendAsync(session);
        Assert.Equal(2, _grains.Leases);
        _grains.Delay = LeasedSession.LongestAnswer;
        await SendAsync(session);
        await SendAsync(session);
        Assert.Equal(3, _grains.Leases);
    }
}
