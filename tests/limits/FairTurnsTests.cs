
namespace OrleansChat.Limits.Tests;

public sealed class FairTurnsTests
{
    [Fact]
    public async Task Addresses_take_turns_however_much_one_of_them_asks_for()
    {
        var turns = new FairTurns(concurrency: 1, maxWaiting: 100);
        Assert.True(turns.WaitAsync("a").IsCompleted);
        var crowd = Enumerable.Range(0, 50).Select(_ => turns.WaitAsync("a")).ToList();
        var (one, same) = (turns.WaitAsync("b"), turns.WaitAsync("b"));

        turns.Release();
        Assert.Equal(1, crowd.Count(turn => turn.IsCompleted));
        turns.Release();
        Assert.True(one.IsCompleted && await one);
        turns.Release();
        Assert.Equal(2, crowd.Count(turn => turn.IsCompleted));
        turns.Release();
        Assert.True(same.IsCompleted);
        for (var i = 0; i < 48; i++) turns.Release();
        Assert.All(crowd, turn => Assert.True(turn.IsCompleted));
        Assert.All(await Task.WhenAll(crowd), Assert.True);
    }

    [Fact]
    public async Task Where_too_many_wait_one_of_the_largest_crowd_is_turned_away()
    {
        var turns = new FairTurns(concurrency: 1, maxWaiting: 3);
        _ = turns.WaitAsync("a");
        var crowd = Enumerable.Range(0, 3).Select(_ => turns.WaitAsync("a")).ToList();
        var newcomer = turns.WaitAsync("b");

        Assert.False(newcomer.IsCompleted);
        Assert.True(crowd[2].IsCompleted);
        Assert.False(await crowd[2]);
        var more = turns.WaitAsync("a");
        Assert.True(more.IsCompleted);
        Assert.False(await more);
        turns.Release();
        turns.Release();
        Assert.True(crowd[0].IsCompleted && newcomer.IsCompleted);
        Assert.True(await crowd[0] && await newcomer);
    }

    [Fact]
    public async Task A_turn_that_nobody_waits_for_is_there_for_the_next()
    {
        var turns = new FairTurns(concurrency: 2, maxWaiting: 0);
        Assert.True(await turns.WaitAsync("a"));
        Assert.True(await turns.WaitAsync("a"));
        Assert.False(await turns.WaitAsync("b"));
        turns.Release();
        Assert.True(await turns.WaitAsync("b"));
    }

    [Fact]
    public async Task Who_gives_up_is_passed_over_and_whoever_has_a_turn_cannot()
    {
        var turns = new FairTurns(concurrency: 1, maxWaiting: 10);
        _ = turns.WaitAsync("a");
        var (impatient, patient) = (turns.WaitAsync("a"), turns.WaitAsync("a"));

        Assert.True(turns.TryGiveUp("a", impatient));
        Assert.False(turns.TryGiveUp("a", impatient));
        turns.Release();
        Assert.False(impatient.IsCompleted);
        Assert.True(await patient);
        Assert.False(turns.TryGiveUp("a", patient));
    }
}
