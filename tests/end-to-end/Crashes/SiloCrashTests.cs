using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Crashes;

/// <summary>Invariants 1 to 4 when the service's process is killed.</summary>
public sealed class SiloCrashTests : IAsyncLifetime
{
    private readonly PostgresFixture _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_service_that_is_killed_under_load_loses_nothing_that_was_acknowledged()
    {
        await using var killed = await SiloProcess.StartAsync(_database.ConnectionString);
        using var load = await Load.StartAsync(killed.ConnectAsync);
        await load.AcknowledgedAsync(300);

        await killed.KillAsync();
        await load.EndedAsync();

        await using var again = await SiloProcess.StartAsync(_database.ConnectionString);
        await load.ReconcileAsync(again.ConnectAsync);
    }

    [Fact]
    public async Task A_service_that_was_killed_hands_over_again_what_was_not_shown_received_and_nothing_else()
    {
        await using var killed = await SiloProcess.StartAsync(_database.ConnectionString);
        using var client = await (await killed.ConnectAsync()).LogInAsync("messi", ChatService.Password);
        var receipt = await client.AskAsync($"sendonce {client.Token} id messi received");
        Assert.Equal(["received"], Replies.TextsIn(await client.AskAsync("inbox")));
        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} messi handed over"));
        Assert.Equal(["handed over"], Replies.TextsIn(await client.AskAsync("inbox")));

        await killed.KillAsync();

        await using var again = await SiloProcess.StartAsync(_database.ConnectionString);
        using var resumed = await again.ConnectAsync();
        Assert.Equal(receipt, await resumed.AskAsync($"sendonce {client.Token} id messi received"));
        Assert.Equal(["handed over"], Replies.TextsIn(await resumed.AskAsync($"inbox {client.Token}")));
    }
}
