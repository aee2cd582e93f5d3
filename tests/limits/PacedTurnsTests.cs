using Microsoft.Extensions.Time.Testing;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Limits.Tests;

public sealed class PacedTurnsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Only_that_many_begin_per_second_however_short_they_are()
    {
        var turns = new PacedTurns(concurrency: 1, maxWaiting: 10, perSecond: 4, _time);
        for (var i = 0; i < 4; i++)
        {
            Assert.True(await turns.TakeAsync("a"));
            turns.Release();
        }
        var next = turns.TakeAsync("a").AsTask();
        _time.Advance(TimeSpan.FromSeconds(0.24));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.02));
        Assert.True(await next.WaitAsync(Waiting.Patience));
    }

    [Fact]
    public async Task Who_waits_too_long_gets_none_and_takes_none()
    {
        var turns = new PacedTurns(concurrency: 1, maxWaiting: 10, perSecond: 100, _time);
        Assert.True(await turns.TakeAsync("a"));
        var impatient = turns.TakeAsync("a").AsTask();
        _time.Advance(PacedTurns.LongestWait);
        Assert.False(await impatient.WaitAsync(Waiting.Patience));

        turns.Release();
        Assert.True(await turns.TakeAsync("b"));
    }
}
