using OrleansChat.GrainInterfaces;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Identifiers;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>Three silos, all alive.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterTests(ThreeSilos silos) : IClassFixture<ThreeSilos>
{
    private readonly ChatCluster _cluster = silos.Cluster;
    private readonly PostgresFixture _postgres = silos.Postgres;

    [Fact]
    public async Task What_is_sent_through_one_silo_is_read_through_another()
    {
        var (alice, bob) = (await _postgres.AddUserAsync("alice"), await _postgres.AddUserAsync("bob"));
        var sender = await _cluster.Placed(0, () => _cluster.Through(0).LogInAsync(alice));
        var reader = await _cluster.Placed(2, () => _cluster.Through(2).LogInAsync(bob));
        Assert.Equal((0, 2), (await _cluster.WhereIs(sender.Grain), await _cluster.WhereIs(reader.Grain)));

        for (var silo = 0; silo < 3; silo++)
            Assert.Equal(SendStatus.Sent, await _cluster.Through(silo).Same(sender).SendAsync(bob, $"through {silo}"));
        for (var silo = 0; silo < 3; silo++)
        {
            var inbox = await _cluster.Through(silo).Same(reader).ReadAllAsync();
            Assert.Equal(["through 0", "through 1", "through 2"], inbox!.Select(message => message.TextOf()));
            Assert.All(inbox!, message => Assert.Equal(alice, message.Sender));
        }
    }

    [Fact]
    public async Task A_session_that_is_logged_out_through_one_silo_opens_nothing_through_another()
    {
        var alice = await _postgres.AddUserAsync("alice");
        var session = await _cluster.Through(0).LogInAsync(alice);
        for (var silo = 0; silo < 3; silo++)
            Assert.Equal(SendStatus.Sent, await _cluster.Through(silo).Same(session).SendAsync(alice, "alive"));
        Assert.Equal(alice, await _cluster.Through(1).Same(session).Grain.LogOut().InTime());
        for (var silo = 0; silo < 3; silo++)
            await _cluster.Through(silo).Same(session).AssertOpensNothingAsync(alice);
        Assert.False(await _postgres.HasRowAsync(session));
    }

    [Fact]
    public async Task There_is_one_presence_for_all_silos()
    {
        var alice = await _postgres.AddUserAsync("alice");
        var session = await _cluster.Through(0).LogInAsync(alice);
        var presence = _cluster.Through(1).GetGrain<IPresenceGrain>(GrainKeys.Presence);
        var held = new HeldSession(
            session.Key, alice, DateTimeOffset.UtcNow, LoggedIn: true, AcceptedAt: null, UseNumber: 0);
        await presence.Report(new PresenceReport { Gateway = "gateway", IsAll = true, Held = [held], Number = 1 }).InTime();
        for (var silo = 0; silo < 3; silo++)
            Assert.Equal([alice], (await _cluster.Through(silo).Same(session).Grain.ListUsers(ChatUsers.Connection).InTime()).Users!);
        await _cluster.Through(2).Same(session).Grain.LogOut().InTime();
        Assert.Empty((await presence.GetOnline().InTime()).Names);
    }
}

/// <summary>A database, and three silos on it.</summary>
public sealed class ThreeSilos : IAsyncLifetime
{
    public PostgresFixture Postgres { get; } = new();

    public ChatCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Postgres.InitializeAsync();
        Cluster = await ChatCluster.StartAsync(Postgres.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}

/// <summary>One cluster after another: each has the processors for itself.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterCollection
{
    public const string Name = "cluster";
}
