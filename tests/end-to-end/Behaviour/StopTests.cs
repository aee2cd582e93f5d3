using System.Net.Sockets;
using System.Text;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>A stop in order, and the start after it.</summary>
public sealed class StopTests : IAsyncLifetime
{
    private readonly ChatService _service = new() { IsUnlimited = true };

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_stop_resets_connections_and_tokens_and_unread_messages_outlive_it()
    {
        var (user, client) = await _service.EnterAsync("u");
        var (_, idle) = await _service.EnterAsync("i");
        using var silent = await _service.ConnectAsync();
        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {user} kept"));
        Assert.Equal(["kept"], Replies.TextsIn(await client.AskAsync("inbox")));

        await RestartAsync();

        foreach (var connection in new[] { client, idle, silent })
        {
            var reset = await Assert.ThrowsAsync<SocketException>(connection.ReadReplyAsync);
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
        using var resumed = await _service.ConnectAsync();
        Assert.Equal(["kept"], Replies.TextsIn(await resumed.AskAsync($"inbox {client.Token}")));
        Assert.Equal([user], Replies.UsersIn(await resumed.AskAsync($"listuser {client.Token}")));
        Assert.Equal(Replies.LoggedOut(user), await resumed.AskAsync($"logout {client.Token}"));
    }

    [Fact]
    public async Task A_session_that_was_logged_out_stays_so_over_a_restart()
    {
        var (user, client) = await _service.EnterAsync("u");
        Assert.Equal(Replies.LoggedOut(user), await client.AskAsync("logout"));

        await RestartAsync();

        using var resumed = await _service.ConnectAsync();
        Assert.Equal(Replies.NoSession, await resumed.AskAsync($"inbox {client.Token}"));
    }

    [Fact]
    public async Task A_stop_under_load_loses_nothing_that_was_acknowledged_and_stores_nothing_twice()
    {
        using var load = await Load.StartAsync(_service.ConnectAsync);
        await load.AcknowledgedAsync(100);

        await _service.StopAsync();
        await load.EndedAsync();
        await _service.StartAsync();

        await load.ReconcileAsync(_service.ConnectAsync);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_client_that_does_not_read()
    {
        var (_, deaf) = await _service.EnterAsync("u");
        var flooded = deaf.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("listuser\r\n", 200_000))));
        await deaf.WaitForBytesAsync();

        // Commands in flight are given 15 seconds.
        await _service.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));

        await Record.ExceptionAsync(() => flooded);
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true) await deaf.ReadReplyAsync();
        });
    }

    private async Task RestartAsync()
    {
        await _service.StopAsync();
        await _service.StartAsync();
    }
}
