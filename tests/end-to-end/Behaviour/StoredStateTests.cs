using System.Text.Json;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>What the grains make of states that were written long ago.</summary>
public sealed class StoredStateTests : IAsyncLifetime
{
    private readonly ChatService _service = new();

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_login_renews_a_hash_of_too_few_rounds()
    {
        var user = await _service.AddUserAsync("u");
        var fewer = new Passwords(iterations: 1000);
        var weak = fewer.Hash(ChatService.Password);
        await ChangeAsync<UserState>(GrainKeys.UserStateName, GrainKeys.ForUser(user), state => state with { PasswordHash = weak });

        using var client = await _service.LogInAsync(user);

        var renewed = (await ReadAsync<UserState>(GrainKeys.UserStateName, GrainKeys.ForUser(user))).PasswordHash;
        Assert.NotEqual(weak, renewed);
        var passwords = new Passwords();
        Assert.Equal((true, false), passwords.Verify(renewed, ChatService.Password));
        Assert.Equal("""{"status": "OK", "messages": {}}""", await client.AskAsync("inbox"));
    }

    [Fact]
    public async Task A_session_that_was_not_used_for_a_week_has_ended()
    {
        var (_, client) = await _service.EnterAsync("u");
        await UsedAgoAsync(client, TimeSpan.FromDays(7.1));

        using var later = await _service.ConnectAsync();
        Assert.Equal(Replies.NoSession, await later.AskAsync($"inbox {client.Token}"));
        Assert.Equal(Replies.NoSession, await later.AskAsync($"listuser {client.Token}"));
        Assert.Equal(Replies.NoSession, await later.AskAsync($"send {client.Token} messi late"));
    }

    [Fact]
    public async Task A_session_in_use_lives_on_and_its_use_is_written_down()
    {
        var (user, client) = await _service.EnterAsync("u");
        await UsedAgoAsync(client, TimeSpan.FromDays(6));

        using var later = await _service.ConnectAsync();
        Assert.Equal([user], Replies.UsersIn(await later.AskAsync($"listuser {client.Token}")));

        var state = await ReadAsync<SessionState>(GrainKeys.SessionStateName, GrainKeys.ForSession(client.Token));
        Assert.True(DateTimeOffset.UtcNow - state.UsedAt < TimeSpan.FromDays(1));
    }

    private Task UsedAgoAsync(WireClient client, TimeSpan ago) => ChangeAsync<SessionState>(
        GrainKeys.SessionStateName, GrainKeys.ForSession(client.Token), state => state with { UsedAt = DateTimeOffset.UtcNow - ago });

    /// <summary>Changes a stored state, and starts the service again so that no grain remembers the old one.</summary>
    private async Task ChangeAsync<T>(string stateName, string key, Func<T, T> change)
    {
        var stored = await _service.States.ReadAsync(stateName, key, CancellationToken.None);
        var changed = change(JsonSerializer.Deserialize<T>(stored!.Payload)!);
        await _service.StopAsync();
        await _service.StartAsync();
        var payload = JsonSerializer.SerializeToUtf8Bytes(changed);
        Assert.NotNull(await _service.States.WriteAsync(stateName, key, payload, stored.Version, CancellationToken.None));
    }

    private async Task<T> ReadAsync<T>(string stateName, string key) =>
        JsonSerializer.Deserialize<T>((await _service.States.ReadAsync(stateName, key, CancellationToken.None))!.Payload)!;
}
