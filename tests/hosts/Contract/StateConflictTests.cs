using Orleans.Storage;
using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>States that somebody else changes, and what an activation that finds out leaves to the next one.</summary>
public sealed class StateConflictTests(HostUnderTest host) : ContractTests(host)
{
    [Fact]
    public async Task Calls_queued_behind_a_conflict_find_what_the_other_one_wrote()
    {
        var (grain, key) = NewGrain();
        var before = await grain.Write("mine").InTime();
        var conflict = grain.WriteLater("gate", "mine again");
        await Probe.For(key).Happened("at gate");
        var queued = Enumerable.Range(0, 20).Select(_ => grain.Read()).ToArray();
        States.WriteBehindTheBack("text", key, """{"Text":"theirs"}""");
        Probe.For(key).Open("gate");
        await Assert.ThrowsAsync<InconsistentStateException>(() => conflict.InTime());
        var views = await Task.WhenAll(queued).InTime();
        Assert.All(views, view => Assert.Equal("theirs", view.Text));
        Assert.NotEqual(before.Instance, Assert.Single(views.Select(view => view.Instance).Distinct()));
    }

    [Fact]
    public async Task The_next_activation_can_write_after_a_conflict()
    {
        var (grain, key) = NewGrain();
        await grain.Write("mine").InTime();
        States.WriteBehindTheBack("text", key, """{"Text":"theirs"}""");
        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Write("mine again").InTime());
        Assert.Equal("at last", (await grain.Write("at last").InTime()).Text);
        Assert.Equal("""{"Text":"at last"}""", States.Json("text", key));
    }

    [Fact]
    public async Task A_write_over_what_somebody_else_deleted_fails_and_brings_nothing_back()
    {
        var (grain, key) = NewGrain();
        await grain.Write("mine").InTime();
        States.DeleteBehindTheBack("text", key);
        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Write("mine again").InTime());
        Assert.Null(States.Json("text", key));
        Assert.False((await grain.Read().InTime()).RecordExists);
    }

    [Fact]
    public async Task Clearing_what_somebody_else_changed_fails_and_ends_the_activation()
    {
        var (grain, key) = NewGrain();
        var before = await grain.Write("mine").InTime();
        States.WriteBehindTheBack("text", key, """{"Text":"theirs"}""");
        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Clear().InTime());
        var after = await grain.Read().InTime();
        Assert.NotEqual(before.Instance, after.Instance);
        Assert.Equal("theirs", after.Text);
    }

    [Fact]
    public async Task Reading_anew_finds_what_somebody_else_wrote_and_the_next_write_fits()
    {
        var (grain, key) = NewGrain();
        var before = await grain.Write("mine").InTime();
        States.WriteBehindTheBack("text", key, """{"Text":"theirs"}""");
        var refreshed = await grain.Refresh().InTime();
        Assert.Equal((before.Instance, "theirs"), (refreshed.Instance, refreshed.Text));
        Assert.Equal(before.Instance, (await grain.Write("mine again").InTime()).Instance);
    }

    [Fact]
    public async Task Reading_anew_finds_that_somebody_else_deleted()
    {
        var (grain, key) = NewGrain();
        await grain.Write("mine").InTime();
        States.DeleteBehindTheBack("text", key);
        var refreshed = await grain.Refresh().InTime();
        Assert.Equal((null, false, false), (refreshed.Text, refreshed.RecordExists, refreshed.HasEtag));
        Assert.True((await grain.Write("again").InTime()).RecordExists);
    }

    [Fact]
    public async Task Clearing_nothing_does_nothing()
    {
        var (grain, key) = NewGrain();
        Assert.False((await grain.Clear().InTime()).RecordExists);
        Assert.Null(States.Json("text", key));
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_fails_the_caller_and_the_next_call_tries_again()
    {
        var (grain, key) = NewGrain();
        States.WriteBehindTheBack("text", key, """{"Text":"theirs"}""");
        States.NextFailure = new IOException("The disk is gone.");
        await Assert.ThrowsAnyAsync<OrleansException>(() => grain.Read().InTime());
        Assert.Equal("theirs", (await grain.Read().InTime()).Text);
    }

    private (IStateGrain Grain, string Key) NewGrain()
    {
        var key = $"t:state:{Guid.NewGuid()}";
        return (Grains.GetGrain<IStateGrain>(key), key);
    }
}
