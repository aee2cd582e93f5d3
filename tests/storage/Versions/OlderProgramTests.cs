using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Roles;
using OrleansChat.Storage.Schema;

using static OrleansChat.Storage.Tests.Versions.VersionsWorld;

namespace OrleansChat.Storage.Tests.Versions;

/// <summary>This program on a schema that a newer one has made.</summary>
public sealed class OlderProgramTests : IAsyncLifetime
{
    private readonly ListLogger<StorageStartup> _logger = new();
    private VersionsWorld _world = null!;

    public async Task InitializeAsync() => _world = await StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_starts_where_the_schema_is_one_that_it_can_use(bool migrate)
    {
        await Next(minProgram: This).MigrateAsync(_world.Sql, default);
        // The newer program's own.
        await _world.RunAsync("UPDATE orleansquery SET querytext = querytext || ' -- as before' WHERE querykey = 'GatewaysQueryKey'");

        using var host = Build(migrate);
        await host.StartAsync();
        await host.StopAsync();

        Assert.Equal(
            $"The database has schema version {This + 1}, newer than this program's {This}, which can use it.",
            Assert.Single(_logger.At(LogLevel.Information)));
        Assert.Equal(Enumerable.Range(1, This + 1), await _world.VersionsAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_is_refused_where_the_schema_is_not_for_it_any_more_in_a_line_that_says_what_to_do(bool migrate)
    {
        await Next(minProgram: This + 1).MigrateAsync(_world.Sql, default);

        using var host = Build(migrate);
        var refusal = await Assert.ThrowsAsync<SchemaVersionException>(() => host.StartAsync());

        Assert.Equal(
            $"The database has schema version {This + 1}, which programs of {This + 1} and later can use; "
            + $"this program is of {This}: use a newer program.",
            refusal.Message);
        Assert.Equal(Enumerable.Range(1, This + 1), await _world.VersionsAsync());
    }

    [Fact]
    public async Task The_accounts_of_a_schema_that_it_can_use_are_managed_by_it_too()
    {
        await Next(minProgram: This).MigrateAsync(_world.Sql, default);

        Assert.Equal(
            (0, $"The schema is newer than this program, but compatible: version {This + 1}. Nothing was changed."),
            await AdminAsync("migrate", "--service-role", "nobody"));
        Assert.Equal((0, "[]"), await AdminAsync("list", "--json"));
    }

    [Fact]
    public async Task The_accounts_of_a_schema_that_is_not_for_it_are_left_alone()
    {
        await Next(minProgram: This + 1).MigrateAsync(_world.Sql, default);

        foreach (var command in new[] { "migrate", "list" })
        {
            var (code, output) = await AdminAsync(command);
            Assert.Equal(3, code);
            Assert.EndsWith("use a newer program.", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rights_on_a_schema_that_it_does_not_know_are_not_its_to_grant()
    {
        await Next(minProgram: This).MigrateAsync(_world.Sql, default);

        var refusal = await Assert.ThrowsAsync<SchemaVersionException>(
            () => DatabaseRoles.GrantAsync(_world.Sql, [new(RolePurpose.Service, "nobody", "")], default));

        Assert.Contains("grant them with the program that migrated it", refusal.Message, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output)> AdminAsync(params string[] arguments) =>
        AdminProgram.RunAsync(new() { ["Chat__Database"] = _world.Options.ConnectionString }, arguments);

    private IHost Build(bool migrate)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddSingleton<ILogger<StorageStartup>>(_logger);
        builder.Services.AddChatStorage(_world.Options with { Host = HostKind.Alone, Migrate = migrate });
        return builder.Build();
    }
}
