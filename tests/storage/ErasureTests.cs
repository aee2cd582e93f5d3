using System.Text;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Sessions;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests;

/// <summary>What stays of a user who was removed and erased, and what the silos need of it for a while.</summary>
public sealed class ErasureTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private readonly AccountStore _accounts = new(world.Database.DataSource, new Passwords(iterations: 1));
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];
    private readonly string _displayName = "N" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task Of_an_erased_user_no_table_holds_the_name()
    {
        var peer = await world.AddUserAsync("peer");
        var peerSession = await world.LogInAsync("peer", peer);
        var me = await EnterAsync();
        await world.Mailbox.AdmitAsync(peer, me.Session);
        await world.Mailbox.AppendAsync(Group(peer, 1, me.Session, Message("one"), Message("two", "once")));
        await world.Mailbox.AppendAsync(Group(me.Id, 1, peerSession, Message("answer")));
        // From before senders were accounts.
        await world.Sql.ExecuteAsync(
            "test",
            """
            INSERT INTO message (log_id, number, message_id, sender, sender_name, body) VALUES ($1, 3, gen_random_uuid(), $2, $3, 'old')
            """,
            [peer, _name, _displayName]);
        var conversations = new OrleansChat.Storage.Conversations.Conversations(world.Database.DataSource);
        await conversations.MarkReadAsync(me.Session, await conversations.GetEpochAsync(), _name, 1);
        await conversations.SetBlockedAsync(peerSession, _name, isBlocked: true);
        await _accounts.SetBlockedAsync(_name, _name, isBlocked: true);
        await _accounts.RenameAsync(_name, _displayName + "2");
        Assert.Equal(["account", "account_change", "live_session", "message", "orleansstorage"], await TablesWithNameAsync());

        await _accounts.RemoveAsync(_name);
        Assert.Equal(AccountError.NotRemoved, await ErrorAsync(() => _accounts.EraseAsync("peer")));
        Assert.Equal(me.Id, await _accounts.EraseAsync(_name));
        Assert.Equal(AccountError.NoSuchUser, await ErrorAsync(() => _accounts.EraseAsync(_name)));

        // A silo that has not heard of the removal yet finds the notice, and the sessions that it has to end.
        Assert.Equal(["account_change", "orleansstorage"], await TablesWithNameAsync());
        var sessions = new SessionTable(world.Database.DataSource);
        Assert.Contains(await sessions.GetRecentAsync(TimeSpan.FromMinutes(1)), change => change.UserName == _name);
        Assert.Equal([me.Session], await sessions.GetDeadAsync(_name));
        await PurgeAsync();
        Assert.Equal(["account_change", "orleansstorage"], await TablesWithNameAsync());

        await PassAsync();
        await PurgeAsync();

        Assert.Empty(await TablesWithNameAsync());
        Assert.Empty(await world.ReadAllAsync(me.Id));
        var messages = (await world.Mailbox.ReadAsync(peer, peerSession, 0, 100_000))!.Messages;
        Assert.Equal(["one", "two", "old"], messages.Select(message => Encoding.UTF8.GetString(message.Text)));
        Assert.All(messages, message => Assert.Equal(($"removed-{me.Id}", $"removed-{me.Id}"), (message.Sender, message.SenderName)));
        Assert.Null((await world.Mailbox.FindReceiptAsync(me.Id, "once")).Receipt);
    }

    [Fact]
    public async Task A_name_from_before_it_was_reserved_is_not_taken_from_its_holder()
    {
        var me = await EnterAsync();
        await _accounts.RemoveAsync(_name);
        var holder = await world.AddUserAsync($"removed-{me.Id}");

        Assert.Equal(AccountError.AlreadyExists, await ErrorAsync(() => _accounts.EraseAsync(_name)));

        // One who is called what they will be called.
        await world.Sql.ExecuteAsync("test", "UPDATE account SET user_name = $1 WHERE account_id = $2", [$"removed-{holder}", holder]);
        await world.Sql.ExecuteAsync("test", "UPDATE account SET removed_at = now() WHERE account_id = $1", [holder]);
        await world.Sql.ExecuteAsync(
            "test",
            "INSERT INTO message (log_id, number, message_id, sender, sender_name, body) VALUES ($1, 1, gen_random_uuid(), $2, $2, 'old')",
            [me.Id, $"removed-{holder}"]);
        Assert.Equal(holder, await _accounts.EraseAsync($"removed-{holder}"));
        Assert.Equal(me.Id, await _accounts.EraseAsync(_name));
    }

    [Fact]
    public async Task A_name_is_given_again_without_what_the_former_holder_left()
    {
        await EnterAsync();
        await _accounts.SetBlockedAsync(_name, _name, isBlocked: true);
        await _accounts.RemoveAsync(_name);
        await _accounts.EraseAsync(_name);
        Assert.Equal(AccountError.AlreadyExists, await ErrorAsync(() => _accounts.AddAsync(_name, "M", "secret")));

        await PassAsync();
        await _accounts.AddAsync(_name, "M", "secret");

        var sessions = new SessionTable(world.Database.DataSource);
        Assert.Empty(await sessions.GetDeadAsync(_name));
        Assert.Empty(await _accounts.ListBlocksAsync(_name));
        // The notice of the new user stays.
        await PurgeAsync();
        Assert.Contains(await sessions.GetRecentAsync(TimeSpan.FromMinutes(1)), change => change.UserName == _name);
    }

    private async Task<(long Id, string Session)> EnterAsync()
    {
        await _accounts.AddAsync(_name, _displayName, "secret");
        var stored = (await world.States.ReadAsync("user", $"u:{_name}", default))!;
        var state = GrainStateFormat.Deserialize<UserState>(stored.Payload);
        var key = "s:" + Guid.NewGuid().ToString("N");
        var session = new SessionState { User = _name, AccountId = state.AccountId, SecurityStamp = state.SecurityStamp };
        await world.States.WriteAsync("session", key, GrainStateFormat.Serialize(session), null, default);
        return (state.AccountId, key);
    }

    private Task<long> PurgeAsync() => new MailboxPurge(world.Database.DataSource).RunOnceAsync(default);

    /// <summary>Lets the 12 minutes pass.</summary>
    private Task<int> PassAsync() => world.Sql.ExecuteAsync("test", "UPDATE erased_name SET free_at = now()", []);

    /// <summary>The tables that hold the user's name or display name, as text or as bytes.</summary>
    private async Task<List<string>> TablesWithNameAsync()
    {
        const string all = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1";
        string[] texts = [_name, _displayName];
        string[] names = [.. texts, .. texts.Select(name => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(name)))];
        var found = new List<string>();
        foreach (var table in await world.Sql.QueryAsync("test", all, [], reader => reader.GetString(0)))
        {
            var sql = $"SELECT count(*) FROM {table} t, unnest($1::text[]) n WHERE strpos(lower(t::text), lower(n)) > 0";
            if ((await world.Sql.QueryAsync("test", sql, [names], reader => reader.GetInt64(0))).Single() > 0) found.Add(table);
        }
        return found;
    }

    private static async Task<AccountError> ErrorAsync(Func<Task> command) =>
        (await Assert.ThrowsAsync<AccountException>(command)).Error;
}
