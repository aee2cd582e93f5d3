using System.Net.Sockets;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using Xunit.Abstractions;

namespace OrleansChat.EndToEnd.Tests.Cluster;

/// <summary>
/// Processes of a cluster that die, freeze or are replaced under load: nobody else's socket closes, and invariants 1, 3
/// and 4 hold.
/// </summary>
public sealed class ClusterFailureTests(ChatCluster cluster, ITestOutputHelper output) : IClassFixture<ChatCluster>
{
    /// <summary>After a gateway was lost, nobody is listed as online for longer who is not.</summary>
    private static readonly TimeSpan LongestGhost = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_silo_that_is_killed_costs_no_socket_and_no_message_and_its_users_go_on_elsewhere()
    {
        using var load = await cluster.StartLoadAsync();
        await load.AcknowledgedAsync(100);

        await cluster.Silos[1].EndAsync(Signal.Kill);
        await load.AcknowledgedAsync(200);
        await cluster.RestartSiloAsync(1);
        await load.AcknowledgedAsync(100);

        await ReconcileAsync(load);
    }

    [Fact]
    public async Task A_silo_that_freezes_is_given_up_and_does_no_harm_when_it_wakes_up()
    {
        using var load = await cluster.StartLoadAsync();
        await load.AcknowledgedAsync(100);

        cluster.Silos[1].Send(Signal.Stop);
        await load.AcknowledgedAsync(200);
        cluster.Silos[1].Send(Signal.Continue);
        // It finds itself declared dead.
        Assert.NotEqual(0, await cluster.Silos[1].EndedAsync());
        await load.AcknowledgedAsync(100);
        await cluster.RestartSiloAsync(1);

        await ReconcileAsync(load);
    }

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
        await ReconcileAsync(load);
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

        await cluster.Gateways[0].EndAsync(Signal.Kill);
        await Assert.ThrowsAnyAsync<Exception>(killed.ReadReplyAsync);
        using var resumed = await cluster.Gateways[1].ConnectAsync();
        Assert.Equal(["kept"], Replies.TextsIn(await resumed.AskAsync($"inbox {killed.Token}")));

        string[] present = [first, second];
        var listed = await Eventually.SeesAsync(LongestGhost, async () => Replies.UsersIn(await staying.AskAsync("listuser")), users => !users.Contains(ghost));
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

    private async Task ReconcileAsync(Load load)
    {
        await load.StopAsync();
        output.WriteLine($"Longest time without an acknowledgement: {load.LongestGap.TotalSeconds:F1} s; sends answered as unavailable: {load.Unavailable}");
        await load.ReconcileAsync(cluster.ConnectAsync);
    }
}
