using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Crashes;

/// <summary>While a silo has a database for itself, no other starts there. What is refused gives up after ten seconds.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private const string Refusal =
        @"^orleanschat: This silo cannot start alone on its database: another silo runs there \([^ ]+:\d+\)\. Stop it first\.$";

    private readonly PostgresFixture _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_second_silo_is_refused_while_the_first_runs_and_starts_when_it_was_killed()
    {
        await using var first = await SiloProcess.StartAsync(_database.ConnectionString);
        using var client = await (await first.ConnectAsync()).LogInAsync("messi", ChatService.Password);

        await using var refused = SiloProcess.Launch(_database.ConnectionString);
        Assert.Equal(1, await refused.EndedAsync());
        Assert.Matches(Refusal, refused.Output);

        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} messi kept"));
        await first.KillAsync();

        await using var second = await SiloProcess.StartAsync(_database.ConnectionString);
        using var resumed = await second.ConnectAsync();
        Assert.Equal(["kept"], Replies.TextsIn(await resumed.AskAsync($"inbox {client.Token}")));
    }
}
