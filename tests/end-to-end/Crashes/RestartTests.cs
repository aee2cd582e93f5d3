using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Storage.Accounts;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Crashes;

/// <summary>A process goes on where the one before was stopped.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private const string NewPassword = "tokyo";

    private readonly PostgresFixture _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_one_process_has_stored_the_next_goes_on_with()
    {
        string reader, sender, ended, replaced, receipt, laterReceipt, later;

        await using (var first = await SiloProcess.StartAsync(_database.ConnectionString))
        {
            using var messi = await LogInAsync(first, "messi");
            using var henderson = await LogInAsync(first, "henderson");
            using var lineker = await LogInAsync(first, "lineker");
            (reader, sender, replaced) = (messi.Token, henderson.Token, lineker.Token);

            // The first two are received, the others handed over at most.
            await SendAsync(henderson, "one", "two");
            Assert.Equal(["one", "two"], Replies.TextsIn(await messi.AskAsync("inbox")));
            Assert.Equal(Replies.EmptyInbox, await messi.AskAsync("inbox"));
            await SendAsync(henderson, "three", "four");
            Assert.Equal(["three", "four"], Replies.TextsIn(await messi.AskAsync("inbox")));
            receipt = await henderson.AskAsync($"sendonce {sender} id messi five");

            using var leaving = await LogInAsync(first, "henderson");
            ended = leaving.Token;
            Assert.Equal(Replies.LoggedOut("henderson"), await leaving.AskAsync("logout"));
            await new AccountStore(_database.DataSource, new Passwords()).SetPasswordAsync("lineker", NewPassword);

            await StopAsync(first);
        }

        await using (var second = await SiloProcess.StartAsync(_database.ConnectionString))
        {
            using var client = await second.ConnectAsync();
            Assert.Equal(receipt, await client.AskAsync($"sendonce {sender} id messi five"));
            Assert.Equal(["three", "four", "five"], Replies.TextsIn(await client.AskAsync($"inbox {reader}")));
            Assert.Equal(Replies.NoSession, await client.AskAsync($"inbox {ended}"));
            Assert.Equal(Replies.NoSession, await client.AskAsync($"inbox {replaced}"));
            Assert.Equal(Replies.WrongPassword, await client.AskAsync($"auth lineker {ChatService.Password}"));
            await client.LogInAsync("lineker", NewPassword);
            later = client.Token;

            await SendAsync(client, "six");
            laterReceipt = await client.AskAsync($"sendonce {later} id messi seven");
            Assert.NotEqual(receipt, laterReceipt);
            Assert.Equal(Replies.LoggedOut("henderson"), await client.AskAsync($"logout {sender}"));

            await StopAsync(second);
        }

        await using var again = await SiloProcess.StartAsync(_database.ConnectionString);
        using var last = await again.ConnectAsync();
        Assert.Equal(laterReceipt, await last.AskAsync($"sendonce {later} id messi seven"));
        Assert.Equal(["six", "seven"], Replies.TextsIn(await last.AskAsync($"inbox {reader}")));
        Assert.Equal(Replies.NoSession, await last.AskAsync($"inbox {sender}"));
        Assert.Equal(Replies.WrongPassword, await last.AskAsync($"auth lineker {ChatService.Password}"));
        await last.LogInAsync("lineker", NewPassword);
        Assert.Equal(Replies.EmptyInbox, await last.AskAsync("inbox"));
        await StopAsync(again);
    }

    private static async Task<WireClient> LogInAsync(SiloProcess silo, string user) =>
        await (await silo.ConnectAsync()).LogInAsync(user, ChatService.Password);

    private static async Task SendAsync(WireClient sender, params string[] texts)
    {
        foreach (var text in texts) Assert.Equal(Replies.Sent, await sender.AskAsync($"send {sender.Token} messi {text}"));
    }

    private static async Task StopAsync(SiloProcess silo) => Assert.Equal(0, await silo.StopAsync());
}
