using Microsoft.Extensions.Logging.Abstractions;

namespace OrleansChat.Storage.Tests;

public class HostLockTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private static readonly TimeSpan Safety = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(HostKind.Alone)]
    public async Task The_silos_of_a_cluster_share_it_and_a_host_that_runs_alone_is_refused_until_the_last_has_ended(HostKind kind)
    {
        var first = New(HostKind.Cluster);
        await first.AcquireAsync(TimeSpan.Zero, default);
        await using var alone = New(kind);
        await using (var second = New(HostKind.Cluster))
        {
            await second.AcquireAsync(TimeSpan.Zero, default);
            await first.DisposeAsync();
            var refusal = await Assert.ThrowsAsync<HostLockException>(() => alone.AcquireAsync(TimeSpan.Zero, default));
            Assert.Contains("the silos of a cluster are running on this database", refusal.Message, StringComparison.Ordinal);
        }

        await alone.AcquireAsync(TimeSpan.FromSeconds(30), default);
    }

    [Theory]
    [InlineData(HostKind.Alone, HostKind.Alone)]
    [InlineData(HostKind.Alone, HostKind.Cluster)]
    public async Task A_host_that_runs_alone_has_the_database_for_itself(HostKind alone, HostKind other)
    {
        await using var holder = New(alone);
        await holder.AcquireAsync(TimeSpan.Zero, default);
        await using var second = New(other);

        var refusal = await Assert.ThrowsAsync<HostLockException>(() => second.AcquireAsync(TimeSpan.Zero, default));

        Assert.Contains("a host that has the database for itself is running on this database", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_waits_for_a_host_that_is_about_to_end()
    {
        var ending = New(HostKind.Alone);
        await ending.AcquireAsync(TimeSpan.Zero, default);
        await using var next = New(HostKind.Alone);
        var acquiring = next.AcquireAsync(Safety, default);
        Assert.False(acquiring.IsCompleted);

        await ending.DisposeAsync();

        await acquiring.WaitAsync(Safety);
    }

    [Fact]
    public async Task After_a_lost_connection_it_is_taken_again()
    {
        await using var orleans = New(HostKind.Alone);
        await orleans.AcquireAsync(TimeSpan.Zero, default);
        var lost = orleans.ProcessId;
        await KillAsync(lost);
        while (orleans.ProcessId == lost)
            await Task.Yield();

        await using var embedded = New(HostKind.Alone);
        await Assert.ThrowsAsync<HostLockException>(() => embedded.AcquireAsync(TimeSpan.Zero, default));
        Assert.False(orleans.Lost.IsCompleted);
    }

    [Fact]
    public async Task A_host_whose_place_was_taken_while_it_was_cut_off_is_told_to_stop()
    {
        await using var embedded = New(HostKind.Alone);
        await embedded.AcquireAsync(TimeSpan.Zero, default);

        // Queued in the server behind the lock, and so faster than a new connection.
        await using var rival = await world.Sql.OpenConnectionAsync();
        await using var waiting = new Npgsql.NpgsqlCommand($"SELECT pg_advisory_lock_shared({StorageNames.HostLock})", rival) { CommandTimeout = 60 };
        var taken = waiting.ExecuteNonQueryAsync();
        while ((await world.Sql.QueryAsync("test", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", [], r => r.GetInt64(0)))[0] == 0)
            await Task.Yield();
        await KillAsync(embedded.ProcessId);
        await taken;

        await embedded.Lost.WaitAsync(Safety);
        await new Npgsql.NpgsqlCommand("SELECT pg_advisory_unlock_all()", rival).ExecuteNonQueryAsync();
    }

    private HostLock New(HostKind kind) => new(world.Database, kind, TimeProvider.System, NullLogger<HostLock>.Instance);

    private Task<int> KillAsync(int processId) => world.Sql.ExecuteAsync("test", "SELECT pg_terminate_backend($1)", [processId]);
}
