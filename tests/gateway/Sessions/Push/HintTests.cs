namespace OrleansChat.Gateway.Tests.Sessions.Push;

/// <summary>Hints that are late, doubled, out of order or lost: a stream tells each entry once, in order, and none is missing.</summary>
public sealed class HintTests
{
    private readonly StreamWorld _world = new();

    private static IEnumerable<string> Entries(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(number => $"{StreamWorld.Inbox}:{number}");

    [Fact]
    public async Task What_is_told_in_order_comes_without_a_read()
    {
        _world.Append(StreamWorld.Inbox, 3);
        var reading = await _world.OpenAsync();
        var attached = _world.Attached.Count;
        _world.Append(StreamWorld.Inbox);
        await _world.TellAsync(StreamWorld.Inbox, 3);
        _world.Append(StreamWorld.Inbox, 2);
        await _world.TellAsync(StreamWorld.Inbox, 4);

        Assert.Equal(Entries(4, 6), await reading.RestAsync());
        Assert.Equal((0, attached), (_world.Reads, _world.Attached.Count));
    }

    [Fact]
    public async Task A_hint_with_a_gap_has_the_log_read_by_number_once_for_all_streams()
    {
        _world.Append(StreamWorld.Inbox, 3);
        var (one, other) = (await _world.OpenAsync(), await _world.OpenAsync());
        _world.Attached.Clear();
        _world.Append(StreamWorld.Inbox, 4);
        await _world.TellAsync(StreamWorld.Inbox, after: 6);

        Assert.Equal([(StreamWorld.Inbox, 3)], _world.Attached);
        Assert.Equal(Entries(4, 7), await one.RestAsync());
        Assert.Equal(Entries(4, 7), await other.RestAsync());
        Assert.Equal(0, _world.Reads);
    }

    [Fact]
    public async Task Hints_that_are_doubled_late_and_out_of_order_tell_nothing_twice()
    {
        var reading = await _world.OpenAsync();
        _world.Append(StreamWorld.Inbox, 9);
        await _world.TellAsync(StreamWorld.Inbox, 4, 6);
        await _world.TellAsync(StreamWorld.Inbox, 0, 2);
        await _world.TellAsync(StreamWorld.Inbox, 6, 9);
        await _world.TellAsync(StreamWorld.Inbox, 0, 9);
        await _world.TellAsync(StreamWorld.Inbox, 2, 4);

        Assert.Equal(Entries(1, 9), await reading.RestAsync());
    }

    [Fact]
    public async Task A_hint_that_was_lost_is_found_by_the_next_renewal()
    {
        var reading = await _world.OpenAsync();
        _world.Append(StreamWorld.Inbox, 2);
        Assert.Empty(await reading.RestAsync());

        _world.Pass(17);
        Assert.Equal(Entries(1, 2), await reading.RestAsync());
    }

    [Fact]
    public async Task The_death_of_a_silo_has_the_gateway_attach_itself_again()
    {
        _world.Silo = "one";
        var reading = await _world.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            _world.Pass(2);
            await _world.Observer.Arrived(new([], [], "one"));
        }
        Assert.Single(_world.Attached);
        _world.Append(StreamWorld.Inbox);
        _world.Silo = "two";
        _world.Pass(7);

        Assert.Equal(2, _world.Attached.Count);
        Assert.Equal(Entries(1, 1), await reading.RestAsync());
    }

    [Fact]
    public async Task More_than_a_gateway_holds_is_read_by_each_stream_that_lacks_it()
    {
        var reading = await _world.OpenAsync();
        _world.Append(StreamWorld.Inbox, 400);
        await _world.TellAsync(StreamWorld.Inbox, 0, hasEntries: false);

        Assert.Equal(Entries(1, 400), await reading.RestAsync());
        Assert.InRange(_world.Reads, 8, 9);
    }

    [Fact]
    public async Task A_client_that_does_not_read_goes_on_by_number_or_is_reset_and_costs_no_queue()
    {
        var (slow, stuck) = (await _world.OpenAsync(), await _world.OpenAsync());
        for (var i = 0; i < 900; i++)
        {
            _world.Append(StreamWorld.Inbox);
            await _world.TellAsync(StreamWorld.Inbox, i);
        }
        Assert.Equal(Entries(1, 900), await slow.RestAsync());

        for (var i = 900; i < 1100; i++)
        {
            _world.Append(StreamWorld.Inbox);
            await _world.TellAsync(StreamWorld.Inbox, i);
        }
        Assert.Equal(["reset 1 Behind 1100"], await stuck.RestAsync());
        _world.Append(StreamWorld.Inbox);
        await _world.TellAsync(StreamWorld.Inbox, 1100);
        Assert.Equal(Entries(1101, 1101), await stuck.RestAsync());
    }
}
