using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains;
using OrleansChat.Identifiers;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>A mailbox is full of what its owner will be handed, not of deletions.</summary>
[Collection(ClusterCollection.Name)]
public sealed class DeletionQuotaTests : IAsyncLifetime
{
    private const int MaxUnread = 4;

    private readonly PostgresFixture _postgres = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ChatCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _cluster = await ChatCluster.StartAsync(
            _postgres.ConnectionString, _time, limits: new AccountLimits { SendsPerSecond = 0, MaxUnread = MaxUnread });
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Neither_deletions_nor_what_they_deleted_keep_others_from_writing()
    {
        var (alice, bob) = (await _postgres.AddUserAsync("alice"), await _postgres.AddUserAsync("bob"));
        var carol = await _postgres.AddUserAsync("carol");
        var gateway = _cluster.Through(0);
        var (spammer, friend) = (await gateway.LogInAsync(alice), await gateway.LogInAsync(carol));
        for (var i = 0; i < MaxUnread; i++) Assert.Equal(SendStatus.Sent, await spammer.SendAsync(bob, "spam"));
        Assert.Equal(SendStatus.MailboxFull, await friend.SendAsync(bob, "hello"));

        var inbox = gateway.GetGrain<IConversationGrain>(GrainKeys.ForUser(bob));
        var epoch = (await gateway.GetGrain<IConversationGrain>(GrainKeys.ForUser(alice)).List(spammer.Key, 1, null)).Value!.Epoch;
        for (var number = 1; number < MaxUnread; number++)
        {
            var reply = await inbox.Delete(spammer.Key, epoch, number, MessageId.New(_time.GetUtcNow()));
            Assert.Equal(ConversationStatus.Answered, reply.Status);
        }

        // It does not count again at once.
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 1; i < MaxUnread; i++) Assert.Equal(SendStatus.Sent, await friend.SendAsync(bob, "hello"));
        Assert.Equal(SendStatus.MailboxFull, await friend.SendAsync(bob, "one too many"));
    }
}
