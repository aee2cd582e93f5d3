using Orleans.Storage;
using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>Persistent states: what is stored, when, and what becomes of conflicts.</summary>
public sealed class StateTests(HostUnderTest host) : ContractTests(host)
{
    [Fact]
    public async Task A_grain_without_a_record_starts_with_a_new_state()
    {
        var view = await NewGrain().Read().InTime();
        Assert.Equal((null, false, false), (view.Text, view.RecordExists, view.HasEtag));
    }

    [Fact]
    public async Task What_was_written_is_there_after_the_grain_has_ended()
    {
        var grain = NewGrain();
        var before = await grain.Write("kept").InTime();
        Assert.Equal((true, true), (before.RecordExists, before.HasEtag));
        await CollectUnused().InTime();
        await Ended(grain, "deactivate ActivationIdle, started with nothing");
        var after = await grain.Read().InTime();
        Assert.NotEqual(before.Instance, after.Instance);
        Assert.Equal(("kept", true, true), (after.Text, after.RecordExists, after.HasEtag));
    }

    [Fact]
    public async Task The_stored_form_is_plain_JSON_without_nulls()
    {
        var grain = NewGrain();
        await grain.Write("text").InTime();
        Assert.Equal("""{"Text":"text"}""", States.Json("text", grain.GetPrimaryKeyString()));
    }

    [Fact]
    public async Task Writes_at_once_are_stored_one_after_another_and_the_last_one_stays()
    {
        var grain = NewGrain();
        var view = await grain.WriteAtOnce(["one", "two", "three"]).InTime();
        Assert.Equal("three", view.Text);
        Assert.Equal("""{"Text":"three"}""", States.Json("text", grain.GetPrimaryKeyString()));
    }

    [Fact]
    public async Task A_write_over_somebody_elses_fails_and_ends_the_activation()
    {
        var grain = NewGrain();
        var before = await grain.Write("mine").InTime();
        States.WriteBehindTheBack("text", grain.GetPrimaryKeyString(), """{"Text":"theirs"}""");
        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Write("mine again").InTime());
        var after = await grain.Read().InTime();
        Assert.NotEqual(before.Instance, after.Instance);
        Assert.Equal("theirs", after.Text);
        await Ended(grain, "deactivate ApplicationError, started with nothing");
    }

    [Fact]
    public async Task A_conflict_that_the_grain_catches_leaves_it_active_and_its_version_as_it_was()
    {
        var grain = NewGrain();
        var before = await grain.Write("mine").InTime();
        States.WriteBehindTheBack("text", grain.GetPrimaryKeyString(), """{"Text":"theirs"}""");
        var after = await grain.WriteCarefully("mine again").InTime();
        Assert.Equal((before.Instance, "mine again", true, true), (after.Instance, after.Text, after.RecordExists, after.HasEtag));
        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Write("and again").InTime());
    }

    [Fact]
    public async Task A_first_write_over_somebody_elses_first_write_fails()
    {
        var grain = NewGrain();
        await grain.Read().InTime();
        States.WriteBehindTheBack("text", grain.GetPrimaryKeyString(), """{"Text":"theirs"}""");
        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Write("mine").InTime());
        Assert.Equal("theirs", (await grain.Read().InTime()).Text);
    }

    [Fact]
    public async Task A_conflict_of_another_grain_does_not_end_the_one_that_passes_it_on()
    {
        var (grain, other) = (NewGrain(), NewGrain());
        var before = await grain.Read().InTime();
        await other.Write("mine").InTime();
        States.WriteBehindTheBack("text", other.GetPrimaryKeyString(), """{"Text":"theirs"}""");
        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteThrough(other.GetPrimaryKeyString(), "again").InTime());
        Assert.Equal(before.Instance, (await grain.Read().InTime()).Instance);
        Assert.Equal("theirs", (await other.Read().InTime()).Text);
    }

    [Fact]
    public async Task Clearing_deletes_the_record_and_leaves_a_new_state_that_can_be_written()
    {
        var grain = NewGrain();
        await grain.Write("old").InTime();
        var cleared = await grain.Clear().InTime();
        Assert.Equal((null, false, false), (cleared.Text, cleared.RecordExists, cleared.HasEtag));
        Assert.Null(States.Json("text", grain.GetPrimaryKeyString()));
        Assert.Equal("new", (await grain.Write("new").InTime()).Text);
        Assert.Equal("""{"Text":"new"}""", States.Json("text", grain.GetPrimaryKeyString()));
    }

    [Fact]
    public async Task A_failure_of_the_storage_reaches_the_caller_and_changes_no_version()
    {
        var grain = NewGrain();
        await grain.Write("first").InTime();
        States.NextFailure = new IOException("The disk is gone.");
        var failure = await Assert.ThrowsAsync<OrleansException>(() => grain.Write("second").InTime());
        Assert.IsType<IOException>(failure.InnerException);
        var view = await grain.Write("third").InTime();
        Assert.Equal(("third", true), (view.Text, view.RecordExists));
    }

    private static Task Ended(IStateGrain grain, string how) => Probe.For(grain.GetPrimaryKeyString()).Happened(how);

    private IStateGrain NewGrain() => Grains.GetGrain<IStateGrain>($"t:state:{Guid.NewGuid()}");
}
