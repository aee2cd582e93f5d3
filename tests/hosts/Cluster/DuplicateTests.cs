using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using OrleansChat.GrainInterfaces;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>
/// Two clusters that do not know of each other on one database: every grain may be active in both, for as long as the test
/// likes. With one cluster that lasts moments, while its membership changes.
/// </summary>
[Collection(ClusterCollection.Name)]
public sealed class DuplicateTests(TwoClusters clusters) : IClassFixture<TwoClusters>
{
    private readonly FakeTimeProvider _time = clusters.Time;
    private readonly PostgresFixture _postgres = clusters.Postgres;
    private readonly ChatCluster _one = clusters.One;
    private readonly ChatCluster _other = clusters.Other;

    [Fact]
    public async Task Two_activations_of_a_mailbox_store_everything_once_and_in_order()
    {
        var bob = await _postgres.AddUserAsync("bob");
        List<Sender> senders = [];
        foreach (var cluster in new[] { _one, _other, _one, _other })
        {
            var name = await _postgres.AddUserAsync("sender");
            senders.Add(new Sender(name, await cluster.Through(0).LogInAsync(name), bob));
        }
        senders.ForEach(sender => sender.Start());
        await Task.WhenAll(senders.Select(sender => sender.Progress(20))).InTime();
        await Task.WhenAll(senders.Select(sender => sender.StopAsync())).InTime();

        var inbox = await (await _one.Through(0).LogInAsync(bob)).ReadAllAsync();
        Assert.Equal(Enumerable.Range(1, senders.Sum(sender => sender.Acknowledged.Count)), inbox!.Select(message => (int)message.Number));
        foreach (var sender in senders)
            Assert.Equal(sender.Acknowledged, inbox!.Where(message => message.Sender == sender.Name).Select(message => message.TextOf()));
    }

    [Fact]
    public async Task A_message_that_is_repeated_to_the_other_activation_is_stored_once()
    {
        var (session, same, alice) = await LogInOnBoth();
        OutgoingMessage[] batch = [ChatUsers.Message(alice, "once")];
        var replies = await Task.WhenAll(session.SendAsync(batch), same.SendAsync(batch)).InTime();
        Assert.All(replies, statuses => Assert.Equal([SendStatus.Sent], statuses));
        Assert.Single((await session.ReadAllAsync())!, message => message.TextOf() == "once");
    }

    [Fact]
    public async Task A_logout_on_one_activation_ends_what_the_other_can_do()
    {
        var (session, same, alice) = await LogInOnBoth();
        Assert.Equal(alice, await session.Grain.LogOut().InTime());
        await same.AssertOpensNothingAsync(alice);
        await session.AssertOpensNothingAsync(alice);
    }

    [Fact]
    public async Task An_activation_that_writes_its_last_use_after_the_other_has_logged_out_brings_nothing_back()
    {
        var (session, same, alice) = await LogInOnBoth();
        await session.Grain.LogOut().InTime();
        _time.Advance(TimeSpan.FromMinutes(61));
        await Assert.ThrowsAsync<InconsistentStateException>(() => same.SendAsync(alice, "from nobody"));
        Assert.False(await _postgres.HasRowAsync(session));
        await same.AssertOpensNothingAsync(alice);
    }

    [Fact]
    public async Task Two_activations_that_write_the_last_use_leave_one_that_goes_on_and_one_that_starts_afresh()
    {
        var (session, same, alice) = await LogInOnBoth();
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(SendStatus.Sent, await session.SendAsync(alice, "first"));
        await Assert.ThrowsAsync<InconsistentStateException>(() => same.SendAsync(alice, "not stored"));
        Assert.Equal(SendStatus.Sent, await same.SendAsync(alice, "second"));
        Assert.Equal(["on one", "on the other", "first", "second"], (await session.ReadAllAsync())!.Select(message => message.TextOf()));
        Assert.Equal(alice, await same.Grain.LogOut().InTime());
    }

    [Fact]
    public async Task An_activation_that_still_holds_the_old_password_opens_no_session_with_it()
    {
        var (session, same, alice) = await LogInOnBoth();
        await _postgres.SetPasswordAsync(alice, "another-horse");
        foreach (var cluster in new[] { _one, _other })
        {
            Assert.Equal(LogInStatus.WrongPassword, await LogIn(cluster, ChatUsers.Password));
            Assert.Equal(LogInStatus.LoggedIn, await LogIn(cluster, "another-horse"));
        }
        await session.AssertOpensNothingAsync(alice);
        await same.AssertOpensNothingAsync(alice);

        Task<LogInStatus> LogIn(ChatCluster cluster, string password)
            => cluster.Through(0).NewSession().Grain
                .LogIn(alice, new Secret(password), ChatUsers.Connection, "", PasswordRecall.Nothing).InTime();
    }

    /// <summary>A session with an activation in either cluster, and its owner's mailbox likewise.</summary>
    private async Task<(TestSession OnOne, TestSession OnOther, string User)> LogInOnBoth()
    {
        var alice = await _postgres.AddUserAsync("alice");
        var session = await _one.Through(0).LogInAsync(alice);
        var same = _other.Through(0).Same(session);
        Assert.Equal(SendStatus.Sent, await session.SendAsync(alice, "on one"));
        Assert.Equal(SendStatus.Sent, await same.SendAsync(alice, "on the other"));
        return (session, same, alice);
    }
}

/// <summary>A database with two clusters of a silo each, whose grains have the same clock.</summary>
public sealed class TwoClusters : IAsyncLifetime
{
    public PostgresFixture Postgres { get; } = new();

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public ChatCluster One { get; private set; } = null!;

    public ChatCluster Other { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Postgres.InitializeAsync();
        One = await ChatCluster.StartAsync(Postgres.ConnectionString, Time, silos: 1);
        Other = await ChatCluster.StartAsync(Postgres.ConnectionString, Time, silos: 1);
    }

    public async Task DisposeAsync()
    {
        await One.DisposeAsync();
        await Other.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}
