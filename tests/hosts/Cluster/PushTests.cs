using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Identifiers;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>Gateways that hear of logs, on real silos: what reaches them, and for how long.</summary>
[Collection(ClusterCollection.Name)]
public sealed class PushTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ChatCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ChatCluster.StartAsync(postgres.ConnectionString, time: _time);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task What_is_stored_through_any_silo_reaches_the_gateways_that_are_attached_each_number_after_the_last()
    {
        var (anna, ben) = (await EnterAsync(0), await EnterAsync(1));
        await ben.Session.SendAsync(anna.Name, "before");
        var (near, far) = (new Listener(_cluster, 0), new Listener(_cluster, 2));
        Assert.Equal(1, (await near.AttachAsync(anna.Name))!.Log.Last);
        await far.AttachAsync(anna.Name);

        for (var i = 0; i < 30; i++)
            Assert.Equal(SendStatus.Sent, await _cluster.Through(i % 3).Same(ben.Session).SendAsync(anna.Name, $"{i}"));

        foreach (var listener in new[] { near, far })
        {
            var entries = await listener.ReadAsync(30);
            Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i}"), entries.Select(entry => Encoding.UTF8.GetString(entry.Text)));
            Assert.All(entries, entry => Assert.Equal(ben.Name, entry.Sender));
        }
    }

    [Fact]
    public async Task Attaching_again_answers_what_the_gateway_lacks_and_which_rooms_there_are()
    {
        var (anna, ben) = (await EnterAsync(0), await EnterAsync(1));
        var room = await CreateAsync(anna);
        await ben.Session.SendAsync([.. "123".Select(text => ChatUsers.Message(anna.Name, $"{text}"))]);
        var listener = new Listener(_cluster, 1);

        var first = (await listener.AttachAsync(anna.Name))!;
        var again = (await listener.AttachAsync(anna.Name, head: 1))!;
        Assert.Equal((3L, 0), (first.Log.Last, first.Log.Entries.Length));
        Assert.Equal([2L, 3L], again.Log.Entries.Select(entry => entry.Number));
        Assert.Equal(1, Assert.Single(again.Rooms).Number);
        Assert.Null(await listener.AttachAsync("nobody"));

        var log = again.Rooms[0].LogId;
        await listener.AttachToRoomAsync(room, log);
        Assert.Equal(SendStatus.Sent, await anna.Session.SendAsync($"#{room}", "said"));
        var entry = Assert.Single(await listener.ReadAsync(1));
        Assert.Equal((log, 2L, anna.Name), (entry.LogId, entry.Number, entry.Sender));
    }

    [Fact]
    public async Task A_lease_that_is_not_renewed_ends_by_itself()
    {
        var (anna, ben) = (await EnterAsync(0), await EnterAsync(1));
        var (idle, renewed) = (new Listener(_cluster, 1), new Listener(_cluster, 2));
        await idle.AttachAsync(anna.Name);
        await renewed.AttachAsync(anna.Name);
        _time.Advance(PushLease.Duration - TimeSpan.FromSeconds(1));
        await renewed.AttachAsync(anna.Name);
        _time.Advance(TimeSpan.FromSeconds(2));

        for (var i = 0; i < 20; i++) await ben.Session.SendAsync(anna.Name, $"{i}");
        Assert.Equal(20, (await renewed.ReadAsync(20)).Count);
        Assert.Equal(0, idle.Calls);
    }

    [Fact]
    public async Task A_logout_has_told_the_gateways_before_it_is_answered()
    {
        var anna = await EnterAsync(0);
        var listener = new Listener(_cluster, 2);
        await listener.AttachAsync(anna.Name);

        Assert.Equal(anna.Name, await anna.Session.Grain.LogOut().InTime());
        Assert.Equal([(anna.Name, (string?)anna.Session.Key, (string?)null)], listener.Ended);
    }

    [Fact]
    public async Task A_new_password_has_told_them_of_all_sessions_but_its_own()
    {
        var anna = await EnterAsync(0);
        var listener = new Listener(_cluster, 2);
        await listener.AttachAsync(anna.Name);

        var account = _cluster.Through(1).GetGrain<IAccountGrain>(GrainKeys.ForUser(anna.Name));
        Assert.Equal(AccountStatus.Done, await account.ChangePassword(
            anna.Session.Key, new Secret(ChatUsers.Password), new Secret("pekanbaru-2"), "").InTime());
        Assert.Equal([(anna.Name, (string?)null, (string?)anna.Session.Key)], listener.Ended);
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_holds_a_logout_up_for_2_seconds_and_no_longer()
    {
        var anna = await EnterAsync(0);
        var stuck = new Listener(_cluster, 2) { Answers = false };
        await stuck.AttachAsync(anna.Name);

        var logout = anna.Session.Grain.LogOut();
        await stuck.Asked.InTime();
        Assert.False(logout.IsCompleted);
        _time.Advance(PushLease.LongestEnd);
        Assert.Equal(anna.Name, await logout.InTime());
    }

    [Fact]
    public async Task Nothing_is_told_twice_or_left_out_after_the_grain_has_moved_to_another_silo()
    {
        var (anna, ben) = (await EnterAsync(0), await EnterAsync(0));
        var inbox = _cluster.Through(0).GetGrain<IInboxPushGrain>(GrainKeys.ForUser(anna.Name));
        var listener = new Listener(_cluster, 0);
        var where = await _cluster.WhereIs(inbox);
        await listener.AttachAsync(anna.Name);
        await ben.Session.SendAsync(anna.Name, "1");
        await listener.ReadAsync(1);
        if (where == 0) return;

        await _cluster.Kill(where).InTime();
        await ChatUsers.UntilAnswered(async () =>
            await _cluster.Through(0).Same(ben.Session).SendAsync(anna.Name, "2") == SendStatus.Sent ? true : throw new TimeoutException());
        var again = await ChatUsers.UntilAnswered(() => listener.AttachAsync(anna.Name, head: 1));
        Assert.Equal([2L], again!.Log.Entries.Select(entry => entry.Number));
        await _cluster.Through(0).Same(ben.Session).SendAsync(anna.Name, "3");
        Assert.Equal(3, Assert.Single(await listener.ReadAsync(1)).Number);
    }

    private async Task<string> CreateAsync((string Name, TestSession Session) owner)
    {
        var room = "room-" + Guid.NewGuid().ToString("N")[..8];
        var made = await _cluster.Through(0).GetGrain<IRoomGrain>(GrainKeys.ForRoom(room)).Change(
            owner.Session.Key,
            new RoomChangeRequest(
                MessageId.New(DateTimeOffset.UtcNow), RoomAction.Create, Title: "Room", IsPublic: false, ShowsAll: false)).InTime();
        Assert.Equal(RoomChangeStatus.Done, made.Status);
        return room;
    }

    private async Task<(string Name, TestSession Session)> EnterAsync(int silo)
    {
        var name = await postgres.AddUserAsync("user");
        return (name, await _cluster.Through(silo).LogInAsync(name));
    }

    /// <summary>A gateway in the process of a silo, which notes what it hears.</summary>
    private sealed class Listener : IGatewayObserver
    {
        private readonly Channel<LogEntry> _entries = Channel.CreateUnbounded<LogEntry>();
        private readonly Dictionary<long, long> _heads = [];
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly string _name = Guid.NewGuid().ToString("N");
        private readonly IGrainFactory _grains;
        private readonly IGatewayObserver _reference;
        private long _number;

        public Listener(ChatCluster cluster, int silo)
        {
            _grains = cluster.ServicesOf(silo).GetRequiredService<IGrainFactory>();
            _reference = _grains.CreateObjectReference<IGatewayObserver>(this);
        }

        public bool Answers { get; init; } = true;

        public int Calls { get; private set; }

        public Task Asked => _asked.Task;

        public List<(string User, string? Session, string? But)> Ended { get; } = [];

        public async Task<InboxAttachment?> AttachAsync(string user, long head = -1)
        {
            var attachment = await _grains.GetGrain<IInboxPushGrain>(GrainKeys.ForUser(user))
                .Attach(_name, _reference, ++_number, head).InTime();
            if (attachment is { Log: var log }) lock (_heads) _heads[log.LogId] = log.Last;
            return attachment;
        }

        public async Task AttachToRoomAsync(string room, long log)
        {
            var attachment = await _grains.GetGrain<IRoomPushGrain>(GrainKeys.ForRoom(room))
                .Attach(_name, _reference, ++_number, log, -1).InTime();
            lock (_heads) _heads[log] = attachment.Last;
        }

        public async Task<List<LogEntry>> ReadAsync(int count)
        {
            var entries = new List<LogEntry>();
            while (entries.Count < count) entries.Add(await _entries.Reader.ReadAsync().AsTask().InTime());
            return entries;
        }

        public Task Arrived(PushBatch batch)
        {
            if (batch.Arrivals.Length > 0) Calls++;
            foreach (var arrival in batch.Arrivals)
            {
                lock (_heads)
                {
                    Assert.Equal(_heads[arrival.LogId], arrival.After);
                    foreach (var entry in arrival.Entries)
                    {
                        Assert.Equal(++_heads[arrival.LogId], entry.Number);
                        _entries.Writer.TryWrite(entry);
                    }
                    Assert.Equal(arrival.Last, _heads[arrival.LogId]);
                }
            }
            return Task.CompletedTask;
        }

        Task IGatewayObserver.Ended(string user, string? sessionKey, string? but)
        {
            lock (_heads) Ended.Add((user, sessionKey, but));
            _asked.TrySetResult();
            return Answers ? Task.CompletedTask : new TaskCompletionSource().Task;
        }
    }
}
