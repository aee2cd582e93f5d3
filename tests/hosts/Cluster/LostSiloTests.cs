using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Identifiers;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>Three silos, of which one goes. The end-to-end tests kill whole processes; here it is Orleans's part that counts.</summary>
[Collection(ClusterCollection.Name)]
public sealed class LostSiloTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Lost = 1;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ChatCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ChatCluster.StartAsync(postgres.ConnectionString, time: _time);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_acknowledged_is_read_once_and_in_order_though_the_silo_of_the_mailbox_goes(bool isKilled)
    {
        var bob = await postgres.AddUserAsync("bob");
        var mailbox = _cluster.Through(0).GetGrain<IUserGrain>(GrainKeys.ForUser(bob));
        await _cluster.Placed(Lost, () => mailbox.CheckPassword(new Secret(ChatUsers.Password), "", PasswordRecall.Nothing).InTime());
        Assert.Equal(Lost, await _cluster.WhereIs(mailbox));

        // A session on each silo, also on the one that goes; the gateways are on the other two.
        List<Sender> senders = [];
        for (var silo = 0; silo < 3; silo++)
        {
            var name = await postgres.AddUserAsync($"sender{silo}");
            var session = await _cluster.Placed(silo, () => _cluster.Through(2).LogInAsync(name));
            senders.Add(new Sender(name, _cluster.Through(silo == 0 ? 0 : 2).Same(session), bob));
        }
        senders.ForEach(sender => sender.Start());
        await Task.WhenAll(senders.Select(sender => sender.Progress(10))).InTime();
        await (isKilled ? _cluster.Kill(Lost) : _cluster.Stop(Lost)).InTime();
        await Task.WhenAll(senders.Select(sender => sender.Progress(10))).InTime();
        await Task.WhenAll(senders.Select(sender => sender.StopAsync())).InTime();

        Assert.NotEqual(Lost, await _cluster.WhereIs(mailbox));
        var inbox = await (await _cluster.Through(2).LogInAsync(bob)).ReadAllAsync();
        Assert.Equal(Enumerable.Range(1, senders.Sum(sender => sender.Acknowledged.Count)), inbox!.Select(message => (int)message.Number));
        foreach (var sender in senders)
            Assert.Equal(sender.Acknowledged, inbox!.Where(message => message.Sender == sender.Name).Select(message => message.TextOf()));
    }

    [Fact]
    public async Task After_the_silo_of_presence_has_died_a_new_epoch_asks_for_everything_again()
    {
        var (alice, bob) = (await postgres.AddUserAsync("alice"), await postgres.AddUserAsync("bob"));
        var presence = _cluster.Through(0).GetGrain<IPresenceGrain>(GrainKeys.Presence);
        await _cluster.Placed(Lost, () => presence.Report(new PresenceReport { Gateway = "another", IsAll = true, Number = 1 }).InTime());
        Assert.Equal(Lost, await _cluster.WhereIs(presence));
        var (alices, bobs) = (await _cluster.Through(0).LogInAsync(alice), await _cluster.Through(2).LogInAsync(bob));
        var report = new PresenceReport { Gateway = "gateway", IsAll = true, Held = [Held(alices, alice), Held(bobs, bob)], Number = 1 };
        var before = await presence.Report(report).InTime();
        Assert.Equal([alice, bob], (await presence.GetOnline().InTime()).Names);

        // The gateway has not heard of it when the grain that would have told it dies.
        await bobs.Grain.LogOut().InTime();
        await _cluster.Kill(Lost).InTime();

        var renewal = new PresenceReport { Gateway = "gateway", Epoch = before.Epoch, Number = 2 };
        var after = await ChatUsers.UntilAnswered(() => presence.Report(renewal));
        Assert.True(after.ReportAll);
        Assert.NotEqual(before.Epoch, after.Epoch);
        Assert.NotEqual(Lost, await _cluster.WhereIs(presence));
        // It is asked too early, and waits until every gateway has had time to report.
        var early = presence.GetOnline();

        var answer = await presence.Report(report with { Epoch = after.Epoch, Number = 3 }).InTime();
        Assert.Equal(after.Epoch, answer.Epoch);
        Assert.Equal((bobs.Key, true), (Assert.Single(answer.Forget).SessionKey, answer.Forget[0].Ended));
        _time.Advance(PresenceLease.RenewEvery * 2);
        Assert.Equal([alice], (await early.InTime()).Names);
        Assert.Equal([alice], (await _cluster.Through(2).Same(alices).Grain.ListUsers(ChatUsers.Connection).InTime()).Users!);
    }

    private static HeldSession Held(TestSession session, string user) =>
        new(session.Key, user, DateTimeOffset.UtcNow, LoggedIn: true, AcceptedAt: null, UseNumber: 0);
}
