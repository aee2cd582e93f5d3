using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Messaging;
using OrleansChat.Identifiers;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Persistence;

/// <summary>Orleans's own membership table on the statements of the migrations: each of them, with the parameters that it gives.</summary>
public sealed class MembershipTableTests : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private IHost _silo = null!;
    private IMembershipTable _table = null!;

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        // Not started: its table is all that is wanted.
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleans(silo => silo.Configure<ClusterOptions>(Name).UseAdoNetClustering(
            clustering => (clustering.Invariant, clustering.ConnectionString) = ("Npgsql", _postgres.ConnectionString)));
        _silo = builder.Build();
        _table = _silo.Services.GetRequiredService<IMembershipTable>();
        await _table.InitializeMembershipTableAsync(tryInitTableVersion: true);
    }

    public async Task DisposeAsync()
    {
        _silo.Dispose();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task A_silo_joins_changes_lives_and_is_forgotten()
    {
        var empty = await _table.ReadAllAsync();
        Assert.Equal((0, 0), (empty.Members.Count, empty.Version.Version));
        var entry = NewEntry(port: 1);
        Assert.True(await _table.InsertRowAsync(entry, empty.Version.Next()));
        Assert.False(await _table.InsertRowAsync(entry, empty.Version.Next()));
        Assert.False(await _table.InsertRowAsync(NewEntry(port: 2), empty.Version.Next()));

        var (joined, tag) = (await _table.ReadRowAsync(entry.SiloAddress)).Members.Single();
        Assert.Equal(
            (entry.SiloName, entry.HostName, SiloStatus.Joining, entry.ProxyPort),
            (joined.SiloName, joined.HostName, joined.Status, joined.ProxyPort));
        Assert.Equal(entry.StartTime, joined.StartTime);

        var version = (await _table.ReadAllAsync()).Version;
        joined.Status = SiloStatus.Active;
        joined.AddSuspector(NewEntry(port: 2).SiloAddress, entry.StartTime);
        Assert.True(await _table.UpdateRowAsync(joined, tag, version.Next()));
        Assert.False(await _table.UpdateRowAsync(joined, tag, version.Next()));
        joined.IAmAliveTime = entry.IAmAliveTime.AddMinutes(1);
        await _table.UpdateIAmAliveAsync(joined);

        var after = await _table.ReadAllAsync();
        var (active, newTag) = after.Members.Single();
        Assert.Equal(
            (version.Version + 1, SiloStatus.Active, joined.IAmAliveTime), (after.Version.Version, active.Status, active.IAmAliveTime));
        Assert.Equal(joined.SuspectTimes!.Single(), active.SuspectTimes!.Single());

        await _table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UtcNow.AddYears(1));
        Assert.Single((await _table.ReadAllAsync()).Members);
        active.Status = SiloStatus.Dead;
        Assert.True(await _table.UpdateRowAsync(active, newTag, after.Version.Next()));
        await _table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UtcNow.AddYears(1));
        Assert.Empty((await _table.ReadAllAsync()).Members);
        await _table.DeleteMembershipTableEntriesAsync(ClusterNames.ClusterId);
    }

    [Fact]
    public async Task A_gateway_finds_the_silos_that_are_active_and_take_clients()
    {
        (int, SiloStatus, int)[] silos = [(1, SiloStatus.Active, 101), (2, SiloStatus.Joining, 102), (3, SiloStatus.Active, 0)];
        foreach (var (port, status, proxyPort) in silos)
        {
            var entry = NewEntry(port);
            (entry.Status, entry.ProxyPort) = (status, proxyPort);
            Assert.True(await _table.InsertRowAsync(entry, (await _table.ReadAllAsync()).Version.Next()));
        }
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleansClient(client => client.Configure<ClusterOptions>(Name).UseAdoNetClustering(
            clustering => (clustering.Invariant, clustering.ConnectionString) = ("Npgsql", _postgres.ConnectionString)));
        using var gateway = builder.Build();
        var list = gateway.Services.GetRequiredService<IGatewayListProvider>();
        await list.InitializeGatewayListProvider();

        Assert.Equal(101, Assert.Single(await list.GetGateways()).Port);
    }

    private static void Name(ClusterOptions cluster) =>
        (cluster.ServiceId, cluster.ClusterId) = (ClusterNames.ServiceId, ClusterNames.ClusterId);

    private static MembershipEntry NewEntry(int port)
    {
        // The log's form of a time, which goes into a column, has milliseconds.
        var now = new DateTime(2026, 11, 23, 7, 3, 28, 123, DateTimeKind.Utc);
        return new MembershipEntry
        {
            SiloAddress = SiloAddress.New(IPAddress.Loopback, port, 5),
            SiloName = $"silo-{port}",
            HostName = "host",
            Status = SiloStatus.Joining,
            ProxyPort = 100 + port,
            StartTime = now,
            IAmAliveTime = now,
        };
    }
}
