using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>One turn at a time, and who may interleave with whom.</summary>
public sealed class TurnTests(HostUnderTest host) : ContractTests(host)
{
    [Fact]
    public async Task Requests_do_not_overlap_even_across_awaits()
    {
        var (grain, _) = NewProbe();
        var counts = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => grain.Increment())).InTime();
        Assert.Equal(Enumerable.Range(1, 500), counts.Order());
    }

    [Fact]
    public async Task A_request_waits_until_the_one_before_it_has_ended()
    {
        var (grain, probe) = await NewActiveProbe();
        var first = grain.Plain("first");
        await probe.Happened("start first");
        var second = grain.Plain("second");
        await grain.Interleaving(Opened(probe, "marker")).InTime();
        Assert.Equal(0, probe.Count("start second"));

        probe.Open("second");
        probe.Open("first");
        await Task.WhenAll(first, second).InTime();
        Assert.Equal(["start first", "start marker", "end marker", "end first", "start second", "end second"], Steps(probe));
    }

    [Fact]
    public async Task Queued_requests_run_in_the_order_of_the_calls()
    {
        var (grain, probe) = await NewActiveProbe();
        var first = grain.Plain("first");
        await probe.Happened("start first");
        var names = Enumerable.Range(0, 100).Select(number => Opened(probe, $"{number}")).ToArray();
        var calls = names.Select(grain.Plain).ToArray();
        probe.Open("first");
        await Task.WhenAll([first, .. calls]).InTime();
        Assert.Equal(names,
            Steps(probe).Where(step => step.StartsWith("start", StringComparison.Ordinal)).Skip(1).Select(step => step[6..]));
    }

    [Fact]
    public async Task Interleaving_requests_start_in_the_order_of_the_calls()
    {
        var (grain, _) = await NewActiveProbe();
        var numbers = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => grain.Next())).InTime();
        Assert.Equal(Enumerable.Range(2, 500), numbers);
    }

    [Fact]
    public async Task An_interleaving_request_runs_while_another_waits_and_the_other_way_round()
    {
        var (grain, probe) = await NewActiveProbe();
        var interleaving = grain.Interleaving("interleaving");
        await probe.Happened("start interleaving");
        var plain = grain.Plain("plain");
        await probe.Happened("start plain");
        var another = grain.Interleaving("another");
        await probe.Happened("start another");

        probe.Open("plain");
        await plain.InTime();
        probe.Open("another");
        probe.Open("interleaving");
        await Task.WhenAll(interleaving, another).InTime();
    }

    [Fact]
    public async Task Reading_requests_interleave_with_each_other()
    {
        var (grain, probe) = await NewActiveProbe();
        var first = grain.Reading("first");
        var second = grain.Reading("second");
        await probe.Happened("start first");
        await probe.Happened("start second");
        probe.Open("first");
        probe.Open("second");
        await Task.WhenAll(first, second).InTime();
    }

    [Fact]
    public async Task A_reading_request_waits_for_a_plain_one()
    {
        var (grain, probe) = await NewActiveProbe();
        var plain = grain.Plain("plain");
        await probe.Happened("start plain");
        var reading = grain.Reading(Opened(probe, "reading"));
        await grain.Interleaving(Opened(probe, "marker")).InTime();
        Assert.Equal(0, probe.Count("start reading"));
        probe.Open("plain");
        await Task.WhenAll(plain, reading).InTime();
    }

    [Fact]
    public async Task A_plain_request_waits_for_a_reading_one()
    {
        var (grain, probe) = await NewActiveProbe();
        var reading = grain.Reading("reading");
        await probe.Happened("start reading");
        var plain = grain.Plain(Opened(probe, "plain"));
        await grain.Interleaving(Opened(probe, "marker")).InTime();
        Assert.Equal(0, probe.Count("start plain"));
        probe.Open("reading");
        await Task.WhenAll(plain, reading).InTime();
    }

    [Fact]
    public async Task Code_resumes_on_the_scheduler_of_its_grain()
    {
        var (grain, _) = NewProbe();
        Assert.True(await grain.ResumesHere().InTime());
    }

    [Fact]
    public async Task What_a_request_leaves_running_goes_on_in_turns_of_the_grain()
    {
        var (grain, probe) = NewProbe();
        await grain.GoOn("later").InTime();
        probe.Open("later");
        await probe.Happened("went on here");
    }

    [Fact]
    public async Task A_call_that_nobody_awaits_is_made()
    {
        var (grain, _) = NewProbe();
        var key = $"t:other:{Guid.NewGuid()}";
        await grain.CallAndForget(key, "forgotten").InTime();
        await Probe.For(key).Happened("start forgotten");
        Probe.For(key).Open("forgotten");
        await Probe.For(key).Happened("end forgotten");
    }

    private static string Opened(Probe probe, string gate)
    {
        probe.Open(gate);
        return gate;
    }

    private static IEnumerable<string> Steps(Probe probe) => probe.Log.Where(entry => entry != "activate");
}
