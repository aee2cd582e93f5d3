using System.Net.Sockets;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using Xunit.Abstractions;

namespace OrleansChat.EndToEnd.Tests.Cluster;

/// <summary>
/// Silos and gateways that are replaced: nobody else notices.
/// </summary>
[Trait("Tier", "All")]
[Collection(nameof(ChatCluster))]
public sealed class ClusterRestartTests(ChatCluster cluster, ITestOutputHelper output)
{
    /// <summary>After a gateway was lost, nobody is listed as online for longer who is not.</summary>
    private static readonly TimeSpan LongestGhost = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_rolling_restart_fails_no_command()
    {
        using var load = await cluster.StartLoadAsync();
        using var visits = new Visits(await cluster.ConnectAsync(), ChatCluster.Visitor);
        var visiting = visits.RunAsync();
        for (var i = 0; i < cluster.Silos.Length; i++)
        {
            Assert.Equal(0, await cluster.Silos[i].EndAsync(Signal.Terminate));
            await load.AcknowledgedAsync(50);
            await cluster.RestartSiloAsync(i);
            await load.AcknowledgedAsync(50);
        }

        visits.End();
        await visiting;
        Assert.NotEqual(0, visits.Count);
        await cluster.ReconcileAsync(load, output);
        Assert.Equal(0, load.Unavailable);
    }

    [Fact]
    public async Task A_gateway_that_ends_takes_its_own_clients_along_only_and_their_tokens_go_on_at_another()
    {
        var (first, second, ghost) = (cluster.Users[0], cluster.Users[1], cluster.Users[2]);
        using var killed = await (await cluster.Gateways[0].ConnectAsync()).LogInAsync(first, ChatService.Password);
        using var gone = await (await cluster.Gateways[0].ConnectAsync()).LogInAsync(ghost, ChatService.Password);
        using var staying = await (await cluster.Gateways[1].ConnectAsync()).LogInAsync(second, ChatService.Password);
        Assert.Equal(Replies.Sent, await killed.AskAsync($"send {killed.Token} {first} kept"));
        Assert.Equal(["kept"], Replies.TextsIn(await killed.AskAsync("inbox")));

        Assert.Contains(ghost, Replies.UsersIn(await staying.AskAsync("listuser")));

        await cluster.Gateways[0].EndAsync(Signal.Kill);
        Assert.True(await Record.ExceptionAsync(killed.ReadReplyAsync) is SocketException or EndOfStreamException);
        using var resumed = await cluster.Gateways[1].ConnectAsync();
        Assert.Equal(["kept"], Replies.TextsIn(await resumed.AskAsync($"inbox {killed.Token}")));

        string[] present = [first, second];
        var listed = await Eventually.SeesAsync(
            LongestGhost, async () => Replies.UsersIn(await staying.AskAsync("listuser")), users => !users.Contains(ghost));
        Assert.Equal(present.Order(), listed.Order());

        await cluster.ReplaceGatewayAsync(0);
        using var moved = await cluster.Gateways[0].ConnectAsync();
        Assert.Equal(["kept"], Replies.TextsIn(await moved.AskAsync($"inbox {killed.Token}")));
        Assert.Equal(0, await cluster.Gateways[1].EndAsync(Signal.Terminate));
        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(staying.ReadReplyAsync)).SocketErrorCode);
        // In order, it has told presence itself.
        Assert.Equal([first], Replies.UsersIn(await moved.AskAsync($"listuser {killed.Token}")));
        await cluster.ReplaceGatewayAsync(1);
    }
}
