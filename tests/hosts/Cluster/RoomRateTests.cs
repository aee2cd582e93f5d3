using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Rooms;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>What a room takes per second, and what it costs to be told that it takes no more. Its clock is in the test's hand.</summary>
[Collection(ClusterCollection.Name)]
public sealed class RoomRateTests : IAsyncLifetime
{
    private static readonly int PerSecond = new RoomLimits().MessagesPerSecond, AtOnce = 10 * PerSecond;

    private readonly PostgresFixture _postgres = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ConcurrentQueue<string> _questions = [];
    private ChatCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _cluster = await ChatCluster.StartAsync(
            _postgres.ConnectionString, _time, silos: 1,
            replace: services => services.AddSingleton(
                provider => CountedRooms.Wrap(provider.GetRequiredService<RoomStore>(), _questions)));
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task A_busy_room_says_so_to_members_at_one_look_up_at_most_and_takes_more_with_time()
    {
        var name = await _postgres.AddUserAsync("user");
        var (owner, member, outsider) = (await EnterAsync(), await _cluster.Through(0).LogInAsync(name), await EnterAsync());
        var room = await CreateAsync(owner, isPublic: true);
        Assert.Equal(RoomChangeStatus.Done, await ChangeAsync(member, room, RoomAction.Join));
        await FillAsync(owner, room, AtOnce - 1);

        await AskedAsync([], async () => Assert.Equal(SendStatus.RoomBusy, await owner.SendAsync($"#{room}", "no")));
        await AskedAsync(
            [nameof(IRooms.AdmitAsync)], async () => Assert.Equal(SendStatus.RoomBusy, await member.SendAsync($"#{room}", "no")));
        await AskedAsync(
            [nameof(IRooms.AdmitAsync)], async () => Assert.Equal(SendStatus.NoRecipient, await outsider.SendAsync($"#{room}", "no")));
        await AskedAsync(
            [nameof(IRooms.FindAsync)],
            async () => Assert.Equal(RoomChangeStatus.Busy, await ChangeAsync(outsider, room, RoomAction.Join)));
        await AskedAsync(
            [nameof(IRooms.FindAsync)],
            async () => Assert.Equal(RoomChangeStatus.Busy, await ChangeAsync(member, room, RoomAction.Leave)));
        // What only owners and moderators do is not bounded by it.
        Assert.Equal(RoomChangeStatus.Done, await ChangeAsync(owner, room, RoomAction.Remove, name));

        _time.Advance(TimeSpan.FromSeconds(1));
        await FillAsync(owner, room, PerSecond - 1);
        Assert.Equal(RoomChangeStatus.Done, await ChangeAsync(outsider, room, RoomAction.Join));
        Assert.Equal(RoomChangeStatus.Busy, await ChangeAsync(outsider, room, RoomAction.Leave));
    }

    [Fact]
    public async Task A_busy_private_room_is_to_others_what_a_name_that_nobody_has_is_in_answer_and_questions()
    {
        var (owner, outsider) = (await EnterAsync(), await EnterAsync());
        var room = await CreateAsync(owner, isPublic: false);
        await FillAsync(owner, room, AtOnce);
        await outsider.Grain.LogOut().InTime();
        var dead = outsider;
        outsider = await EnterAsync();

        foreach (var name in new[] { room, "nowhere" })
        {
            foreach (var action in new[] { RoomAction.Join, RoomAction.Leave })
            {
                var before = _questions.Count;
                Assert.Equal(RoomChangeStatus.NoSuchRoom, await ChangeAsync(outsider, name, action));
                Assert.Equal(before + 1, _questions.Count);
                Assert.Equal(RoomChangeStatus.NoSession, await ChangeAsync(dead, name, action));
                Assert.Equal(before + 2, _questions.Count);
            }
            await AskedAsync(
                [nameof(IRooms.AdmitAsync)], async () => Assert.Equal(SendStatus.NoRecipient, await outsider.SendAsync($"#{name}", "no")));
        }
    }

    private async Task AskedAsync(string[] expected, Func<Task> act)
    {
        _questions.Clear();
        await act();
        Assert.Equal(expected, _questions);
    }

    // The clock stands still: nothing is gained.
    private static async Task FillAsync(TestSession from, string room, int count)
    {
        for (var left = count; left > 0; left -= 50)
        {
            var statuses = await from.SendAsync(
                [.. Enumerable.Range(0, Math.Min(50, left)).Select(i => ChatUsers.Message($"#{room}", $"{i}"))]);
            Assert.All(statuses, status => Assert.Equal(SendStatus.Sent, status));
        }
    }

    private async Task<TestSession> EnterAsync() => await _cluster.Through(0).LogInAsync(await _postgres.AddUserAsync("user"));

    private async Task<string> CreateAsync(TestSession owner, bool isPublic)
    {
        var room = "room-" + Guid.NewGuid().ToString("N")[..12];
        var request = New(RoomAction.Create) with { Title = "A Room", IsPublic = isPublic, ShowsAll = false };
        Assert.Equal(RoomChangeStatus.Done, (await RoomOf(room).Change(owner.Key, request).InTime()).Status);
        return room;
    }

    private async Task<RoomChangeStatus> ChangeAsync(TestSession actor, string room, RoomAction action, string? user = null) =>
        (await RoomOf(room).Change(actor.Key, New(action) with { User = user }).InTime()).Status;

    private IRoomGrain RoomOf(string room) => _cluster.Through(0).GetGrain<IRoomGrain>(GrainKeys.ForRoom(room));

    private static RoomChangeRequest New(RoomAction action) => new(MessageId.New(DateTimeOffset.UtcNow), action);
}
