namespace OrleansChat.Gateway.Tests.Sessions.Push;

/// <summary>Where a stream begins.</summary>
public sealed class ResumeTests
{
    private readonly StreamWorld _world = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(119)]
    [InlineData(120)]
    public async Task It_goes_on_exactly_after_the_number_that_the_client_holds(long held)
    {
        _world.Append(StreamWorld.Inbox, 120);
        var reading = await _world.OpenAsync((StreamWorld.Inbox, held));
        _world.Append(StreamWorld.Inbox);
        await _world.TellAsync(StreamWorld.Inbox, 120);

        Assert.Equal(
            Enumerable.Range((int)held + 1, 121 - (int)held).Select(number => $"{StreamWorld.Inbox}:{number}"), await reading.RestAsync());
    }

    [Fact]
    public async Task A_log_that_is_not_named_begins_at_its_end_whatever_the_gateway_holds()
    {
        _world.Append(StreamWorld.Inbox, 5);
        await _world.OpenAsync();
        // Of these, only the database knows yet.
        _world.Append(StreamWorld.Inbox, 2);
        var reading = await _world.OpenAsync();
        await _world.TellAsync(StreamWorld.Inbox, 5);
        _world.Append(StreamWorld.Inbox);
        await _world.TellAsync(StreamWorld.Inbox, 7);

        Assert.Equal(["1:8"], await reading.RestAsync());
    }

    [Fact]
    public async Task A_number_that_only_the_database_knows_is_not_ahead()
    {
        _world.Append(StreamWorld.Inbox, 5);
        await _world.OpenAsync();
        _world.Append(StreamWorld.Inbox, 2);

        Assert.Equal(["1:7"], await (await _world.OpenAsync((StreamWorld.Inbox, 6))).RestAsync());
    }

    [Theory]
    [InlineData(StreamWorld.Inbox, 1201, 0, "epoch", "reset 1 Ahead 1200")]
    [InlineData(StreamWorld.Inbox, 199, 0, "epoch", "reset 1 Behind 1200")]
    [InlineData(StreamWorld.Inbox, 999, 1000, "epoch", "reset 1 Expired 1200")]
    [InlineData(StreamWorld.Inbox, 1000, 0, "other", "reset 1 Epoch 1200")]
    [InlineData(77, 5, 0, "epoch", "reset 77 Other 5")]
    [InlineData(StreamWorld.RoomLog, 5, 0, "epoch", "reset 2 Other 5")]
    public async Task Numbers_that_do_not_fit_are_reset_and_the_stream_goes_on(
        long log, long number, long purged, string now, string expected)
    {
        _world.Append(StreamWorld.Inbox, 1200);
        _world.Append(StreamWorld.RoomLog, 9);
        (_world.Purged, _world.Now) = (purged, now);
        var reading = await _world.OpenAsync((log, number));
        _world.Append(StreamWorld.Inbox);
        await _world.TellAsync(StreamWorld.Inbox, 1200);

        Assert.Equal([expected, "1:1201"], await reading.RestAsync());
    }

    [Fact]
    public async Task Exactly_a_thousand_missing_entries_are_told()
    {
        _world.Append(StreamWorld.Inbox, 1200);
        var all = await (await _world.OpenAsync((StreamWorld.Inbox, 200))).RestAsync();
        Assert.Equal((1000, "1:201", "1:1200"), (all.Count, all[0], all[^1]));
    }
}
