using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>The whole service works as a role that owns nothing. What all other tests here do, they do so too.</summary>
public sealed class RoleTests(ChatService service) : IClassFixture<ChatService>
{
    private const string RolesSql =
        """
        SELECT DISTINCT r.rolname::text
            || CASE WHEN r.rolsuper OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) THEN ', who owns' ELSE '' END
        FROM pg_stat_activity a JOIN pg_roles r ON r.rolname = a.usename
        WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.application_name = 'orleanschat'
        """;

    [Fact]
    public async Task It_owns_nothing_and_does_all_that_it_is_for()
    {
        var (user, client) = await service.EnterAsync("u");
        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} {user} one"));
        Assert.Contains("flushed", await client.AskAsync($"sendonce {client.Token} an-id {user} two"), StringComparison.Ordinal);
        Assert.Equal(["one", "two"], Replies.TextsIn(await client.AskAsync("inbox")));
        Assert.Contains(user, Replies.UsersIn(await client.AskAsync("listuser")));
        await client.AskAsync("logout");
        Assert.Equal(Replies.NoSession, await client.AskAsync("inbox"));
        await service.Purge.RunOnceAsync(default);
        await service.Accounts.RemoveAsync(user);

        await using var command = service.Sql.CreateCommand(RolesSql);
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.EndsWith("_service", reader.GetString(0), StringComparison.Ordinal);
        Assert.False(await reader.ReadAsync());
    }
}
