using OrleansChat.Gateway.Sessions;
using OrleansChat.Gateway.Sessions.Push;

namespace OrleansChat.Gateway.Tests.Sessions.Push;

/// <summary>When streams end, and what keeps them alive.</summary>
public sealed class StreamEndTests
{
    private readonly StreamWorld _world = new();

    [Theory]
    [InlineData(StreamWorld.Key, null)]
    [InlineData(null, null)]
    [InlineData(null, "s:other")]
    public async Task It_ends_with_its_session_and_tells_nothing_that_comes_after(string? session, string? but)
    {
        var reading = await _world.OpenAsync();
        await _world.Observer.Ended(StreamWorld.Anna, session, but);
        _world.Append(StreamWorld.Inbox);
        await _world.TellAsync(StreamWorld.Inbox, 0);

        Assert.Equal("end", await reading.NextAsync());
    }

    [Theory]
    [InlineData("s:other", null)]
    [InlineData(null, StreamWorld.Key)]
    public async Task The_end_of_other_sessions_does_not_concern_it(string? session, string? but)
    {
        var reading = await _world.OpenAsync();
        await _world.Observer.Ended(StreamWorld.Anna, session, but);
        await _world.Observer.Ended("ben", null, null);

        Assert.Empty(await reading.RestAsync());
    }

    [Fact]
    public async Task An_end_that_comes_while_it_opens_is_heard()
    {
        _world.BeforeStanding = () => _world.Observer.Ended(StreamWorld.Anna, StreamWorld.Key, null);

        Assert.False((await _world.TryOpenAsync(StreamWorld.Key)).TryGet(out _, out var refusal));
        Assert.Equal(Refusal.NoSession, refusal);
        Assert.False(_world.Hub.HasOf(StreamWorld.Anna));
    }

    [Fact]
    public async Task A_gateway_that_is_cut_off_ends_its_streams_within_20_seconds()
    {
        var reading = await _world.OpenAsync();
        _world.CanAttach = false;
        _world.Pass(19);
        Assert.False(reading.Stream.IsEnded);
        _world.Pass(1);

        Assert.Equal("end", await reading.NextAsync());
    }

    [Fact]
    public async Task Renewals_keep_it_open_and_stop_when_nobody_reads()
    {
        var reading = await _world.OpenAsync();
        _world.Pass(600);
        Assert.False(reading.Stream.IsEnded);
        Assert.InRange(_world.Attached.Count, 600 / 17, (600 / 12) + 1);

        reading.Close();
        _world.Pass(17);
        _world.Attached.Clear();
        _world.Pass(60);
        Assert.Empty(_world.Attached);
    }

    [Fact]
    public async Task An_account_that_has_changed_has_the_session_asked_for()
    {
        var reading = await _world.OpenAsync();
        _world.IsAlive = false;
        reading.Stream.Refresh();

        Assert.Equal("end", await reading.NextAsync());
    }

    [Fact]
    public async Task It_shows_every_25_seconds_that_it_is_alive()
    {
        var reading = await _world.OpenAsync();
        _world.Pass(24);
        Assert.False(reading.Stream.TryNext(out _));
        _world.Pass(1);
        Assert.Equal("heartbeat", await reading.NextAsync());
    }

    [Fact]
    public async Task When_the_process_stops_it_says_so_and_ends_a_moment_later()
    {
        var reading = await _world.OpenAsync();
        _world.Hub.Drain();
        Assert.Equal("drain", await reading.NextAsync());
        Assert.False(reading.Stream.IsEnded);
        _world.Pass((int)StreamHub.DrainWithin.TotalSeconds + 1);
        Assert.Equal("end", await reading.NextAsync());
    }

    [Fact]
    public async Task A_session_has_8_streams_and_a_user_20()
    {
        var readings = new List<EventStream>();
        foreach (var (session, count) in new[] { ("s:1", 8), ("s:2", 8), ("s:3", 4) })
        {
            for (var i = 0; i < count; i++)
            {
                Assert.True((await _world.TryOpenAsync(session)).TryGet(out var stream, out _));
                readings.Add(stream);
            }
        }
        Assert.False((await _world.TryOpenAsync("s:3")).TryGet(out _, out var refusal));
        Assert.Equal(Refusal.TooMany, refusal);
        _world.Hub.Close(readings[0]);
        Assert.False((await _world.TryOpenAsync("s:2")).TryGet(out _, out refusal));
        Assert.Equal(Refusal.TooMany, refusal);
        Assert.True((await _world.TryOpenAsync("s:1")).TryGet(out _, out _));
    }

    [Fact]
    public async Task One_that_has_ended_and_is_not_taken_is_cut()
    {
        var isCut = false;
        var reading = await _world.OpenAsync();
        reading.Stream.Abort = () => isCut = true;
        reading.Stream.End();
        _world.Pass(2);
        Assert.False(isCut);
        _world.Pass(2);
        Assert.True(isCut);
    }
}
