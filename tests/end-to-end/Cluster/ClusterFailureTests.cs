using OrleansChat.EndToEnd.Tests.Service;
using Xunit.Abstractions;

namespace OrleansChat.EndToEnd.Tests.Cluster;

/// <summary>
/// Silos that die or freeze under load: no socket closes, and invariants 1, 3 and 4 hold. Each on a cluster of its own, whose
/// grains are spread over all silos.
/// </summary>
public sealed class ClusterFailureTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly ChatCluster _cluster = new();

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_silo_that_is_killed_costs_no_socket_and_no_message_and_its_users_go_on_elsewhere()
    {
        using var load = await _cluster.StartLoadAsync();
        await load.AcknowledgedAsync(100);

        await _cluster.Silos[1].EndAsync(Signal.Kill);
        await load.AcknowledgedAsync(200);
        await _cluster.RestartSiloAsync(1);
        await load.AcknowledgedAsync(100);

        await _cluster.ReconcileAsync(load, output);
    }

    [Fact]
    public async Task A_silo_that_freezes_is_given_up_and_does_no_harm_when_it_wakes_up()
    {
        using var load = await _cluster.StartLoadAsync();
        await load.AcknowledgedAsync(100);

        _cluster.Silos[1].Send(Signal.Stop);
        await load.AcknowledgedAsync(200);
        _cluster.Silos[1].Send(Signal.Continue);
        // It finds itself declared dead.
        Assert.NotEqual(0, await _cluster.Silos[1].EndedAsync());
        await load.AcknowledgedAsync(100);
        await _cluster.RestartSiloAsync(1);

        await _cluster.ReconcileAsync(load, output);
    }
}
