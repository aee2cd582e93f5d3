using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>What an account may send is one sum, on however many silos its sessions are.</summary>
[Collection(ClusterCollection.Name)]
public sealed class SendLimitTests : IAsyncLifetime
{
    private const int PerSecond = 10, Burst = 100;

    private readonly PostgresFixture _postgres = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ChatCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _cluster = await ChatCluster.StartAsync(
            _postgres.ConnectionString, _time, limits: new AccountLimits { SendsPerSecond = PerSecond });
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Sessions_on_all_silos_send_no_more_than_the_account_may_in_sum()
    {
        var alice = await _postgres.AddUserAsync("alice");
        var sessions = new List<TestSession>();
        for (var silo = 0; silo < 3; silo++) sessions.Add(await _cluster.Placed(silo, () => _cluster.Through(silo).LogInAsync(alice)));
        var places = await Task.WhenAll(sessions.Select(session => _cluster.WhereIs(session.Grain)));
        Assert.Equal([0, 1, 2], places);

        // The clock stands still: nothing is gained.
        var sent = (await Task.WhenAll(sessions.Select(session => SendAsync(session, alice, 100)))).Sum();
        Assert.InRange(sent, Burst - (3 * PerSecond), Burst);

        _time.Advance(TimeSpan.FromSeconds(5));
        var more = (await Task.WhenAll(sessions.Select(session => SendAsync(session, alice, 100)))).Sum();
        Assert.InRange(more, 4 * PerSecond, 5 * PerSecond);
    }

    private static async Task<int> SendAsync(TestSession session, string recipient, int count)
    {
        var sent = 0;
        for (var i = 0; i < count; i++)
        {
            var status = await session.SendAsync(recipient, "hello");
            Assert.True(status is SendStatus.Sent or SendStatus.TooManySends);
            if (status == SendStatus.Sent) sent++;
        }
        return sent;
    }
}
