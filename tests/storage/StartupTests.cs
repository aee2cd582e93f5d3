using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

/// <summary>A host that starts while its database is away.</summary>
[Trait("Tier", "Usual")]
public sealed class StartupTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task It_waits_for_a_server_that_recovers_from_a_crash()
    {
        await using var server = await PostgresCluster.StartNewAsync();
        await server.CrashAsync();
        var logger = new ListLogger<StorageStartup>();
        using var host = Build(server, TimeProvider.System, logger);

        var starting = host.StartAsync();
        await logger.HasEntry.WaitAsync(Patience);
        await server.StartAsync();
        await starting.WaitAsync(Patience);

        Assert.Contains("cannot be reached yet", Assert.Single(logger.At(LogLevel.Warning)), StringComparison.Ordinal);
        await host.StopAsync();
    }

    [Fact]
    public async Task It_gives_a_server_up_that_does_not_come_back()
    {
        await using var server = await PostgresCluster.StartNewAsync();
        await server.CrashAsync();
        var logger = new ListLogger<StorageStartup>();
        using var host = Build(server, new FakeTimeProvider { AutoAdvanceAmount = DatabaseCheck.Patience }, logger);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => host.StartAsync().WaitAsync(Patience));
    }

    private static IHost Build(PostgresCluster server, TimeProvider time, ILogger<StorageStartup> logger)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(time).AddSingleton(logger);
        builder.Services.AddChatStorage(new StorageOptions { ConnectionString = server.ConnectionString });
        return builder.Build();
    }
}
