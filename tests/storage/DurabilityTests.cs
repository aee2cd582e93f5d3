using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Tests.Shared;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests;

/// <summary>What a receipt says was waited for, on servers that are made to wait for it.</summary>
[Trait("Tier", "Usual")]
public class DurabilityTests
{
    [Theory]
    [InlineData("fsync=off", "written", true)]
    [InlineData("fsync=on", "flushed", false)]
    public async Task Without_fsync_it_is_written_and_a_start_warns_of_it(string setting, string durability, bool isWarned)
    {
        await using var server = await PostgresCluster.StartNewAsync(setting);
        var world = await EnterAsync(server);
        await using var _ = world.Mailbox;
        var logger = new ListLogger<Database>();
        await using var database = new Database(world.Options, logger);

        await database.ReadDurabilityAsync(default);

        Assert.Equal(durability, database.Durability);
        Assert.Equal(isWarned, logger.At(LogLevel.Warning).Any(message => message.Contains("fsync=off", StringComparison.Ordinal)));
        Assert.Equal(durability, (await SendOnceAsync(world, "id"))!.Durability);
    }

    [Fact]
    public async Task What_is_said_follows_the_server_while_the_service_runs_and_a_receipt_keeps_what_it_said()
    {
        await using var server = await PostgresCluster.StartNewAsync();
        var world = await EnterAsync(server);
        await using var _ = world.Mailbox;
        Assert.Equal("flushed", (await SendOnceAsync(world, "first"))!.Durability);

        await ReloadAsync(world, "fsync = off");
        Assert.Equal("written", (await SendOnceAsync(world, "second"))!.Durability);

        await ReloadAsync(world, "fsync = on");
        Assert.Equal("flushed", (await SendOnceAsync(world, "third"))!.Durability);
        Assert.Equal("written", (await world.Mailbox.FindReceiptAsync(1, "second")).Receipt!.Durability);
    }

    [Fact]
    public async Task Replicated_is_said_and_a_send_answered_only_when_the_standby_has_it()
    {
        await using var primary = await PostgresCluster.StartNewAsync("synchronous_standby_names='*'");
        await using var standby = await primary.StartStandbyAsync();
        var world = await EnterAsync(primary, "Command Timeout=1");
        await using var _ = world.Mailbox;
        var session = await world.LogInAsync("a", 1);
        Assert.Equal(AppendResult.Stored, await world.Mailbox.AppendAsync(Group(1, 1, session, Message("first", "first"))));
        Assert.Equal("replicated", (await world.Mailbox.FindReceiptAsync(1, "first")).Receipt!.Durability);

        // Committed here, and no more: neither the send nor its repetition is answered, nor is its receipt, though all see it.
        await standby.CrashAsync();
        var second = Message("second", "second");
        await Assert.ThrowsAsync<StorageUnavailableException>(() => world.Mailbox.AppendAsync(Group(1, 2, session, second)));
        await EndWaitingAsync(world);
        Assert.Equal(["first", "second"], await world.ReadAllAsync(1));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => world.Mailbox.AppendAsync(Group(1, 2, session, second)));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => world.Mailbox.FindReceiptAsync(1, "second"));

        await standby.StartAsync();
        while (await Record.ExceptionAsync(() => world.Mailbox.AppendAsync(Group(1, 2, session, second))) is { } exception)
            Assert.IsType<StorageUnavailableException>(exception);
        Assert.Equal("replicated", (await world.Mailbox.FindReceiptAsync(1, "second")).Receipt!.Durability);

        // The primary's machine is lost.
        await primary.CrashAsync();
        await standby.PromoteAsync();
        var database = new NpgsqlConnectionStringBuilder(world.Options.ConnectionString).Database;
        var there = new NpgsqlConnectionStringBuilder(standby.ConnectionString) { Database = database };
        await using var source = NpgsqlDataSource.Create(there);
        Assert.Equal(
            [("first", "first"), ("second", "second")],
            await source.QueryAsync(
                "test", "SELECT once_id, convert_from(body, 'UTF8') FROM message m JOIN send_receipt USING (message_id) ORDER BY m.number",
                [],
                reader => (reader.GetString(0), reader.GetString(1))));
    }

    [Fact]
    public async Task A_level_that_does_not_wait_for_the_standbys_flush_is_not_called_replicated()
    {
        // No standby follows: whatever would wait for one never ends, but a question is no commit.
        await using var server = await PostgresCluster.StartNewAsync();
        var world = await EnterAsync(server);
        await using var _ = world.Mailbox;
        await ReloadAsync(world, "synchronous_standby_names = '*'");
        var said = new List<(string Level, string Durability)>();

        foreach (var level in new[] { "off", "local", "remote_write", "on", "remote_apply" })
        {
            var options = new StorageOptions
            {
                ConnectionString = $"{world.Options.ConnectionString};Options=-c synchronous_commit={level}",
            };
            await using var database = new Database(options, new ListLogger<Database>());
            await database.ReadDurabilityAsync(default);
            said.Add((level, database.Durability));
        }

        Assert.Equal(
            [("off", "replicated"), ("local", "flushed"), ("remote_write", "flushed"),
             ("on", "replicated"), ("remote_apply", "replicated")], said);
    }

    [Fact]
    public async Task No_default_makes_commits_asynchronous()
    {
        await using var server = await PostgresCluster.StartNewAsync();
        var world = await EnterAsync(server);
        await using var _ = world.Mailbox;
        await using var early = new Database(world.Options, new ListLogger<Database>());
        await early.ReadDurabilityAsync(default);
        var name = new NpgsqlConnectionStringBuilder(world.Options.ConnectionString).Database;

        foreach (var where in new[] { "SYSTEM", $"DATABASE {name}", "ROLE postgres", $"ROLE postgres IN DATABASE {name}" })
        {
            await world.Sql.ExecuteAsync("test", $"ALTER {where} SET synchronous_commit = off", []);
            await ReloadAsync(world);
            await using (var plain = NpgsqlDataSource.Create(world.Options.ConnectionString + ";Pooling=false"))
                Assert.Equal("off", await LevelAsync(plain.OpenConnectionAsync()));

            await using var late = new Database(world.Options, new ListLogger<Database>());
            foreach (var database in new[] { early, late })
            {
                Assert.Equal("on", await LevelAsync(database.DataSource.OpenConnectionAsync()));
                Assert.Equal("on", await LevelAsync(database.OpenDedicatedAsync(default)));
            }
            await world.Sql.ExecuteAsync("test", $"ALTER {where} RESET synchronous_commit", []);
            await ReloadAsync(world);
        }

        static async Task<object?> LevelAsync(ValueTask<NpgsqlConnection> opening)
        {
            await using var connection = await opening;
            return await new NpgsqlCommand("SHOW synchronous_commit", connection).ExecuteScalarAsync();
        }
    }

    /// <summary>A world on that server, with the account 1, "a".</summary>
    private static async Task<MailboxWorld> EnterAsync(PostgresCluster server, string settings = "")
    {
        var world = new MailboxWorld { Server = server.ConnectionString, Settings = settings };
        await world.InitializeAsync();
        Assert.Equal(1, await world.AddUserAsync("a"));
        return world;
    }

    private static async Task<SendReceipt?> SendOnceAsync(MailboxWorld world, string id)
    {
        var session = await world.LogInAsync("a", 1);
        var number = (await world.Mailbox.GetEndsAsync(1)).Last + 1;
        Assert.Equal(AppendResult.Stored, await world.Mailbox.AppendAsync(Group(1, number, session, Message(id, id))));
        return (await world.Mailbox.FindReceiptAsync(1, id)).Receipt;
    }

    /// <summary>Changes a setting of the server, if one is given, and waits until the server has read its settings.</summary>
    private static async Task ReloadAsync(MailboxWorld world, string? setting = null)
    {
        if (setting is not null) await world.Sql.ExecuteAsync("test", $"ALTER SYSTEM SET {setting}", []);
        var before = await LoadedAtAsync();
        await world.Sql.ExecuteAsync("test", "SELECT pg_reload_conf()", []);
        while (await LoadedAtAsync() == before) { }

        async Task<DateTime> LoadedAtAsync() =>
            (await world.Sql.QueryAsync("test", "SELECT pg_conf_load_time()", [], reader => reader.GetDateTime(0))).Single();
    }

    /// <summary>Ends the commits that wait for a standby: from then on they are seen, and no standby has them.</summary>
    private static async Task EndWaitingAsync(MailboxWorld world)
    {
        const string EndThem = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        while (await world.Sql.ExecuteAsync("test", EndThem, []) == 0 && (await world.ReadAllAsync(1)).Count < 2) { }
    }
}
