using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

public class DatabaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("off", "on")]
    [InlineData("on", "on")]
    [InlineData("remote_apply", "remote_apply")]
    public async Task Commits_are_never_asynchronous_and_a_stricter_setting_is_kept(string given, string used)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Options = $"-c synchronous_commit={given}" };
        await using var database = New(connectionString.ConnectionString);

        // Twice: a connection that comes back from the pool must keep it.
        for (var i = 0; i < 2; i++)
            Assert.Equal([used], await database.DataSource.QueryAsync("test", "SHOW synchronous_commit", [], r => r.GetString(0)));
        await using var dedicated = await database.OpenDedicatedAsync(default);
        Assert.Equal(used, await new NpgsqlCommand("SHOW synchronous_commit", dedicated).ExecuteScalarAsync());
    }

    [Fact]
    public async Task What_the_server_promises_is_read_at_the_start()
    {
        await using var database = New(postgres.ConnectionString);
        await database.ReadDurabilityAsync(default);

        var fsync = await database.DataSource.QueryAsync("test", "SHOW fsync", [], r => r.GetString(0));
        Assert.Equal(fsync[0] == "on" ? "flushed" : "written", database.Durability);
    }

    [Fact]
    public void What_the_connection_string_says_of_pool_and_timeouts_is_kept()
    {
        using var source = New(postgres.ConnectionString + ";Maximum Pool Size=7;Command Timeout=9").DataSource;
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        Assert.Equal((7, 9, StorageNames.ServiceId), (settings.MaxPoolSize, settings.CommandTimeout, settings.ApplicationName));
        using var plain = New(postgres.ConnectionString).DataSource;
        settings = new NpgsqlConnectionStringBuilder(plain.ConnectionString);
        Assert.Equal((Database.DefaultPoolSize, 4), (settings.MaxPoolSize, settings.CommandTimeout));
    }

    [Fact]
    public async Task A_host_migrates_an_empty_database_before_its_services_start_and_holds_the_lock()
    {
        var options = new StorageOptions { ConnectionString = await PostgresFixture.CreateEmptyDatabaseAsync(), Host = HostKind.Alone };
        using (var host = Build(options))
        {
            await host.StartAsync();
            Assert.Equal(0, (await host.Services.GetRequiredService<IMailbox>().GetEndsAsync(1)).Last);

            using var second = Build(options with { Host = HostKind.Alone, HostLockWait = TimeSpan.Zero });
            await Assert.ThrowsAsync<HostLockException>(() => second.StartAsync());
            await host.StopAsync();
        }

        using var next = Build(options with { Host = HostKind.Alone, HostLockWait = TimeSpan.FromSeconds(30) });
        await next.StartAsync();
        await next.StopAsync();
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_reported_as_unavailable()
    {
        await using var database = New("Host=/nowhere;Username=nobody;Database=none");
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => new GrainStateTable(database.DataSource).ReadAsync("user", "u:a", default));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => new MailboxPurge(database.DataSource).RunOnceAsync(default));
        var passwords = new Passwords(1000);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => new AccountStore(database.DataSource, passwords).DisableAsync("a"));
    }

    private static Database New(string connectionString) =>
        new(new StorageOptions { ConnectionString = connectionString }, NullLogger<Database>.Instance);

    private static IHost Build(StorageOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddChatStorage(options);
        return builder.Build();
    }
}
