using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests;

public class MailboxFailureTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private static readonly TimeSpan Safety = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task When_the_backend_dies_in_a_commit_the_answer_is_unknown_and_the_retry_is_stored_once()
    {
        var me = await world.AddUserAsync("a");
        var session = await world.LogInAsync("a", me);
        var connections = new List<MailboxConnection>();
        await using var writer = NewWriter(connections, TimeProvider.System);
        Assert.Equal(AppendResult.Stored, await writer.AppendAsync(Group(me, 1, session, Message("1"))));

        // The lock holds the insert in the server until its backend is ended.
        await using var blocker = await world.Sql.OpenConnectionAsync();
        await using var locking = await blocker.BeginTransactionAsync();
        await new Npgsql.NpgsqlCommand("LOCK TABLE message IN EXCLUSIVE MODE", blocker, locking).ExecuteNonQueryAsync();
        var message = Message("2");
        var unknown = writer.AppendAsync(Group(me, 2, session, message));
        await WaitForBlockedBackendAsync(connections[0].ProcessId);
        await world.Sql.ExecuteAsync("test", "SELECT pg_terminate_backend($1)", [connections[0].ProcessId]);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => unknown.WaitAsync(Safety));
        await locking.RollbackAsync();

        Assert.Equal(AppendResult.Stored, await writer.AppendAsync(Group(me, 2, session, message)).WaitAsync(Safety));
        Assert.Equal(AppendResult.Stored, await writer.AppendAsync(Group(me, 3, session, message)).WaitAsync(Safety));
        Assert.Equal(["1", "2"], await world.ReadAllAsync(me));
        Assert.Equal(2, connections.Count);
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_found_by_the_retry()
    {
        var me = await world.AddUserAsync("b");
        var session = await world.LogInAsync("b", me);
        var message = Message("1");
        await using (var lost = await MailboxConnection.OpenAsync(world.Database, default))
            Assert.True(await lost.TryInsertAsync([new PendingGroup(Group(me, 1, session, message))]));

        Assert.Equal(AppendResult.Stored, await world.Mailbox.AppendAsync(Group(me, 1, session, message)));

        Assert.Equal(["1"], await world.ReadAllAsync(me));
    }

    [Fact]
    public async Task While_the_database_is_away_appends_fail_and_go_on_when_it_is_back()
    {
        var me = await world.AddUserAsync("c");
        var session = await world.LogInAsync("c", me);
        var time = new FakeTimeProvider();
        var isAway = true;
        var opened = 0;
        await using var writer = new MailboxWriter(
            async token =>
            {
                opened++;
                return isAway ? throw new Npgsql.NpgsqlException("away") : await MailboxConnection.OpenAsync(world.Database, token);
            },
            time, NullLogger.Instance);

        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => writer.AppendAsync(Group(me, 1, session, Message("1"))).WaitAsync(Safety));
        var second = writer.AppendAsync(Group(me, 1, session, Message("2")));
        Assert.Equal(1, opened);
        isAway = false;
        while (!second.IsCompleted)
        {
            // The writer may not have come to its delay yet.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(AppendResult.Stored, await second);
        Assert.Equal(["2"], await world.ReadAllAsync(me));
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_drains_again()
    {
        var me = await world.AddUserAsync("d");
        var session = await world.LogInAsync("d", me);
        var gate = new TaskCompletionSource();
        await using var writer = new MailboxWriter(
            async token =>
            {
                await gate.Task;
                return await MailboxConnection.OpenAsync(world.Database, token);
            },
            TimeProvider.System, NullLogger.Instance);
        var message = new NewMessage(MessageId.New(TimeProvider.System.GetUtcNow()), new byte[1 << 20], null);

        var appends = Enumerable.Range(0, 100).Select(_ => writer.AppendAsync(Group(me, 1, session, message))).ToList();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => appends[^1]);
        Assert.InRange(appends.Count(append => !append.IsCompleted), 63, 68);
        gate.SetResult();

        foreach (var append in appends.Where(append => !append.IsFaulted))
            await append.WaitAsync(Safety);
        Assert.Single(await world.Sql.QueryAsync("test", "SELECT number FROM message WHERE log_id = $1", [me], r => r.GetInt64(0)));
        Assert.Equal(AppendResult.Stored, await writer.AppendAsync(Group(me, 2, session, Message("next"))).WaitAsync(Safety));
    }

    [Fact]
    public async Task A_writer_that_stops_writes_what_has_queued()
    {
        var me = await world.AddUserAsync("e");
        var session = await world.LogInAsync("e", me);
        List<Task<AppendResult>> appends;
        await using (var mailbox = world.NewMailbox())
            appends = [.. Enumerable.Range(1, 50).Select(i => mailbox.AppendAsync(Group(me, i, session, Message($"{i}"))))];

        Assert.All(appends, append => Assert.Equal(AppendResult.Stored, append.Result));
    }

    private MailboxWriter NewWriter(List<MailboxConnection> connections, TimeProvider time) =>
        new(async token =>
        {
            connections.Add(await MailboxConnection.OpenAsync(world.Database, token));
            return connections[^1];
        }, time, NullLogger.Instance);

    private async Task WaitForBlockedBackendAsync(int processId)
    {
        List<bool> waits;
        do
        {
            waits = await world.Sql.QueryAsync("test", "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $1", [processId],
                r => !r.IsDBNull(0) && r.GetBoolean(0));
        }
        while (waits is not [true]);
    }
}
