using Microsoft.Extensions.Logging.Abstractions;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;

namespace OrleansChat.Storage.Tests;

public class HostLockTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private static readonly TimeSpan Safety = TimeSpan.FromSeconds(60);
    private static readonly string ThisSilo = RunningSilo.NameOfThis(Migrator.ProgramVersion).Split(' ')[^1];

    [Fact]
    public async Task The_silos_of_a_cluster_share_it_and_a_silo_alone_is_refused_until_the_last_has_ended()
    {
        var first = New(HostKind.Cluster);
        await first.AcquireAsync(TimeSpan.Zero, default);
        await using var alone = New(HostKind.Alone);
        await using (var second = New(HostKind.Cluster))
        {
            await second.AcquireAsync(TimeSpan.Zero, default);
            var both = await Assert.ThrowsAsync<HostLockException>(() => alone.AcquireAsync(TimeSpan.Zero, default));
            Assert.Equal(
                $"This silo cannot start alone on its database: other silos run there ({ThisSilo}, {ThisSilo}). Stop them first.",
                both.Message);
            await first.DisposeAsync();
            await Assert.ThrowsAsync<HostLockException>(() => alone.AcquireAsync(TimeSpan.Zero, default));
        }

        await alone.AcquireAsync(TimeSpan.FromSeconds(30), default);
    }

    [Theory]
    [InlineData(HostKind.Alone, "start alone on its database: another silo runs there ({0}). Stop it first.")]
    [InlineData(HostKind.Cluster, "join a cluster on its database: another silo has it for itself ({0}). Stop it first.")]
    public async Task A_silo_alone_has_the_database_for_itself(HostKind other, string expected)
    {
        await using var holder = New(HostKind.Alone);
        await holder.AcquireAsync(TimeSpan.Zero, default);
        await using var second = New(other);

        var refusal = await Assert.ThrowsAsync<HostLockException>(() => second.AcquireAsync(TimeSpan.Zero, default));

        Assert.Equal($"This silo cannot {expected.Replace("{0}", ThisSilo, StringComparison.Ordinal)}", refusal.Message);
    }

    [Fact]
    public async Task A_start_waits_for_a_silo_that_is_about_to_end()
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
        await using var silo = New(HostKind.Alone);
        await silo.AcquireAsync(TimeSpan.Zero, default);
        var lost = silo.ProcessId;
        await KillAsync(lost);
        var start = TimeProvider.System.GetTimestamp();
        while (silo.ProcessId == lost)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Safety, "It has not connected again.");
            await Task.Yield();
        }

        await using var other = New(HostKind.Alone);
        await Assert.ThrowsAsync<HostLockException>(() => other.AcquireAsync(TimeSpan.Zero, default));
        Assert.False(silo.Lost.IsCompleted);
    }

    [Fact]
    public async Task A_silo_whose_place_was_taken_while_it_was_cut_off_is_told_to_stop()
    {
        await using var silo = New(HostKind.Alone);
        await silo.AcquireAsync(TimeSpan.Zero, default);

        // Queued in the server behind the lock, and so faster than a new connection.
        await using var rival = await world.Sql.OpenConnectionAsync();
        var wish = $"SELECT pg_advisory_lock_shared({StorageNames.HostLock})";
        await using var waiting = new Npgsql.NpgsqlCommand(wish, rival) { CommandTimeout = 60 };
        var taken = waiting.ExecuteNonQueryAsync();
        // In this database: others wait for locks of theirs on the same server.
        const string Waiting =
            """
            SELECT count(*) FROM pg_locks
            WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;
        var start = TimeProvider.System.GetTimestamp();
        while ((await world.Sql.QueryAsync("test", Waiting, [], r => r.GetInt64(0)))[0] == 0)
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Safety, "Nobody waits for the lock.");
        await KillAsync(silo.ProcessId);
        await taken;

        await silo.Lost.WaitAsync(Safety);
        await new Npgsql.NpgsqlCommand("SELECT pg_advisory_unlock_all()", rival).ExecuteNonQueryAsync();
    }

    private HostLock New(HostKind kind) =>
        new(world.Database, kind, ProgramSchema.OfThisProgram, TimeProvider.System, NullLogger<HostLock>.Instance);

    private Task<int> KillAsync(int processId) => world.Sql.ExecuteAsync("test", "SELECT pg_terminate_backend($1)", [processId]);
}
