using OrleansChat.EndToEnd.Tests.Service;
using Xunit.Abstractions;

namespace OrleansChat.EndToEnd.Tests.Cluster;

/// <summary>
/// Silos that die or freeze under load: no socket closes, and invariants 1, 3 and 4 hold. Each takes a silo of its
/// own: one that was started again by another test has few grains.
/// </summary>
[Trait("Tier", "All")]
[Collection(nameof(ChatCluster))]
public sealed class ClusterFailureTests(ChatCluster cluster, ITestOutputHelper output)
{
    [Fact]
    public async Task A_silo_that_is_killed_costs_no_socket_and_no_message_and_its_users_go_on_elsewhere()
    {
        using var load = await cluster.StartLoadAsync();
        await load.AcknowledgedAsync(100);

        await cluster.Silos[0].EndAsync(Signal.Kill);
        await load.AcknowledgedAsync(200);
        await cluster.RestartSiloAsync(0);
        await load.AcknowledgedAsync(100);

        await cluster.ReconcileAsync(load, output);
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

        await cluster.ReconcileAsync(load, output);
    }
}
