using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>A deletion appends to somebody's log, so it costs what a send costs.</summary>
public sealed class DeletionPermitTests
{
    [Fact]
    public async Task An_account_deletes_no_more_than_it_may_send_and_sends_count_too()
    {
        var time = new FakeTimeProvider();
        var grains = new LeasingGrains(time, time.Advance);
        var address = new ClientAddress(new LimitOptions { NoLimits = true }, time);
        var pipe = new Pipe();
        var connection = new ClientConnection(TestConnection.Over(pipe.Reader, pipe.Writer), "address", address, null, time);
        var client = new ClientSession("1", connection, () => false, TestConnection.Services(grains: grains, time: time), default);
        client.Leave();
        const int burst = LeasingGrains.PerSecond * OrleansChat.GrainInterfaces.SessionLease.MostSeconds;
        Assert.Null(Assert.Single((await client.SendAsync("s:1", [LeasingGrains.Message()])).Refusals));

        var deleted = 0;
        while (deleted <= burst && (await client.DeleteAsync("s:1", "epoch", "ben", 1)).TryGet(out _, out _))
            deleted++;

        Assert.Equal(burst - 1, deleted);
        Assert.Equal(burst - 1, grains.Deletions);
        Assert.False((await client.DeleteAsync("s:1", "epoch", "ben", 1)).TryGet(out _, out var reason));
        Assert.Equal(Refusal.TooMany, reason);
    }
}
