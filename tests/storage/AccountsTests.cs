using System.Text.Json;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Sessions;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests;

public sealed class AccountsTests : IClassFixture<MailboxWorld>
{
    private readonly MailboxWorld _world;
    private readonly Passwords _passwords = new(iterations: 1000);
    private readonly AccountStore _accounts;
    private readonly SessionTable _sessions;
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];

    public AccountsTests(MailboxWorld world)
    {
        _world = world;
        _accounts = new AccountStore(world.Database.DataSource, _passwords);
        _sessions = new SessionTable(world.Database.DataSource);
    }

    [Fact]
    public async Task A_user_that_was_added_has_an_account_a_mailbox_and_a_hash()
    {
        await _accounts.AddAsync(_name, "Lionel Messi ✓", "secret");

        var (state, version) = await ReadAsync();
        Assert.Equal(("Lionel Messi ✓", false, 1), (state.DisplayName, state.Disabled, version));
        Assert.True(_passwords.Verify(state.PasswordHash, "secret").IsRight);
        Assert.DoesNotContain("secret", state.PasswordHash, StringComparison.Ordinal);
        Assert.NotEqual(Guid.Empty, state.SecurityStamp);
        var session = await LogInAsync(state);
        Assert.Equal(AppendResult.Stored, await _world.Mailbox.AppendAsync(Group(state.AccountId, 1, session, Message("x"))));
        Assert.Contains(new Account(_name, "Lionel Messi ✓", true, 1), await _accounts.ListAsync());
    }

    [Fact]
    public async Task A_user_is_added_once_by_however_many_at_once()
    {
        var refusals = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
            (AccountException?)await Record.ExceptionAsync(() => _accounts.AddAsync(_name, $"Name {i}", "secret"))));

        Assert.Single(refusals, refusal => refusal == null);
        Assert.Equal(7, refusals.Count(refusal => refusal?.Error == AccountError.AlreadyExists));
    }

    [Theory]
    [InlineData("Messi", "M", "p", AccountError.BadUserName)]
    [InlineData("", "M", "p", AccountError.BadUserName)]
    [InlineData("a b", "M", "p", AccountError.BadUserName)]
    [InlineData("x", "", "p", AccountError.BadDisplayName)]
    [InlineData("x", " M", "p", AccountError.BadDisplayName)]
    [InlineData("x", "a\nb", "p", AccountError.BadDisplayName)]
    [InlineData("x", "M", "", AccountError.BadPassword)]
    [InlineData("x", "M", "top secret", AccountError.BadPassword)]
    public async Task What_cannot_be_is_refused_and_no_password_is_told(string user, string name, string password, AccountError error)
    {
        var refusal = await Assert.ThrowsAsync<AccountException>(() => _accounts.AddAsync(user, name, password));

        Assert.Equal(error, refusal.Error);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
        // Attributes cannot hold half a character.
        Assert.Equal(AccountError.BadDisplayName,
            (await Assert.ThrowsAsync<AccountException>(() => _accounts.AddAsync("x", "\ud800", "p"))).Error);
        Assert.Null(await _world.States.ReadAsync(GrainKeys.UserStateName, GrainKeys.ForUser(user), default));
    }

    [Fact]
    public async Task Commands_on_a_user_who_is_not_there_say_so()
    {
        Func<Task>[] commands =
        [
            () => _accounts.SetPasswordAsync(_name, "secret"), () => _accounts.RenameAsync(_name, "M"), () => _accounts.DisableAsync(_name),
            () => _accounts.EnableAsync(_name), () => _accounts.RemoveAsync(_name),
        ];
        foreach (var command in commands)
            Assert.Equal(AccountError.NoSuchUser, (await Assert.ThrowsAsync<AccountException>(command)).Error);
        Assert.DoesNotContain(await _sessions.GetRecentAsync(TimeSpan.FromMinutes(1)), change => change.UserName == _name);
    }

    [Fact]
    public async Task A_new_password_ends_all_sessions()
    {
        await _accounts.AddAsync(_name, "M", "secret");
        var session = await LogInAsync((await ReadAsync()).State);
        Assert.Contains(session, await _sessions.GetAliveAsync([session, "s:never"]));

        await _accounts.SetPasswordAsync(_name, "other");

        Assert.Empty(await _sessions.GetAliveAsync([session]));
        Assert.True(_passwords.Verify((await ReadAsync()).State.PasswordHash, "other").IsRight);
        Assert.Equal([session], await _sessions.GetDeadAsync(_name));
    }

    [Fact]
    public async Task A_disabled_user_is_dead_and_an_enabled_one_has_to_log_in_again()
    {
        await _accounts.AddAsync(_name, "M", "secret");
        var session = await LogInAsync((await ReadAsync()).State);

        await _accounts.DisableAsync(_name);
        Assert.Empty(await _sessions.GetAliveAsync([session]));
        Assert.True((await ReadAsync()).State.Disabled);

        await _accounts.EnableAsync(_name);
        Assert.Empty(await _sessions.GetAliveAsync([session]));
        var again = await LogInAsync((await ReadAsync()).State);
        Assert.Equal([again], await _sessions.GetAliveAsync([session, again]));
    }

    [Fact]
    public async Task A_rename_keeps_sessions_and_shows_in_what_was_sent()
    {
        await _accounts.AddAsync(_name, "Old", "secret");
        var state = (await ReadAsync()).State;
        var session = await LogInAsync(state);
        await _world.Mailbox.AppendAsync(Group(state.AccountId, 1, session, Message("x")));

        await _accounts.RenameAsync(_name, "New");
        await _world.Mailbox.AppendAsync(Group(state.AccountId, 2, session, Message("y")));

        var messages = (await _world.Mailbox.ReadAsync(state.AccountId, session, 0, 1000))!.Messages;
        Assert.Equal(["New", "New"], messages.Select(message => message.SenderName));
    }

    [Fact]
    public async Task A_removed_user_is_gone_and_a_new_one_of_the_name_is_another()
    {
        await _accounts.AddAsync(_name, "M", "secret");
        var old = (await ReadAsync()).State;
        var session = await LogInAsync(old);
        await _world.Mailbox.AppendAsync(Group(old.AccountId, 1, session, Message("x", "id-1")));

        await _accounts.RemoveAsync(_name);
        Assert.Null(await _world.States.ReadAsync(GrainKeys.UserStateName, GrainKeys.ForUser(_name), default));
        await new MailboxPurge(_world.Database.DataSource).RunOnceAsync(default);
        Assert.Empty(await _world.ReadAllAsync(old.AccountId));
        Assert.Null((await _world.Mailbox.FindReceiptAsync(old.AccountId, "id-1")).Receipt);

        Assert.Equal(AccountError.AlreadyExists, await RefusalAsync());
        Assert.Equal(old.AccountId, await _accounts.EraseAsync(_name));
        Assert.Equal(AccountError.AlreadyExists, await RefusalAsync());
        await _world.Sql.ExecuteAsync("test", "UPDATE erased_name SET free_at = now()", []);
        await _accounts.AddAsync(_name, "M", "secret");
        var other = (await ReadAsync()).State;
        Assert.NotEqual(old.AccountId, other.AccountId);
        Assert.Empty(await _sessions.GetAliveAsync([session]));
        var sender = await LogInAsync(other);
        Assert.Equal(AppendResult.Conflict, await _world.Mailbox.AppendAsync(Group(old.AccountId, 2, sender, Message("to nobody"))));
        Assert.Empty(await _sessions.GetDeadAsync(_name));

        async Task<AccountError> RefusalAsync() =>
            (await Assert.ThrowsAsync<AccountException>(() => _accounts.AddAsync(_name, "M", "secret"))).Error;
    }

    [Fact]
    public async Task Every_change_leaves_a_new_mark()
    {
        await _accounts.AddAsync(_name, "M", "secret");
        var added = await MarkAsync();
        await _accounts.RenameAsync(_name, "N");
        Assert.True(await MarkAsync() > added);
        Assert.Empty(await _sessions.GetRecentAsync(TimeSpan.Zero));

        async Task<long> MarkAsync() =>
            (await _sessions.GetRecentAsync(TimeSpan.FromMinutes(1))).Single(change => change.UserName == _name).Mark;
    }

    [Fact]
    public async Task An_import_adds_whom_it_can_and_names_the_others()
    {
        await _accounts.AddAsync(_name, "M", "secret");

        var refusals = await _accounts.AddManyAsync(
            [new($"{_name}.1", "One", "p"), new(_name, "M", "p"), new($"{_name}.2", "Two", ""), new($"{_name}.3", "Three", "p")]);

        Assert.Equal([AccountError.AlreadyExists, AccountError.BadPassword], refusals.Select(r => r.Refusal.Error).Order());
        Assert.Equal([$"{_name}", $"{_name}.1", $"{_name}.3"],
            (await _accounts.ListAsync()).Select(a => a.UserName).Where(n => n.StartsWith(_name, StringComparison.Ordinal)));
        Assert.DoesNotContain("secret", $"{new NewAccount("a", "b", "secret")}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grain_that_wrote_between_is_not_overwritten()
    {
        await _accounts.AddAsync(_name, "M", "secret");
        var state = (await ReadAsync()).State with { PasswordHash = "rehashed" };
        await _world.States.WriteAsync(
            GrainKeys.UserStateName, GrainKeys.ForUser(_name), JsonSerializer.SerializeToUtf8Bytes(state), 1, default);

        await _accounts.RenameAsync(_name, "N");

        Assert.Equal(("N", "rehashed"), ((await ReadAsync()).State.DisplayName, (await ReadAsync()).State.PasswordHash));
        Assert.Null(await _world.States.WriteAsync(GrainKeys.UserStateName, GrainKeys.ForUser(_name), [(byte)'{', (byte)'}'], 2, default));
    }

    [Fact]
    public async Task Commands_on_one_user_at_once_wait_for_each_other()
    {
        await _accounts.AddAsync(_name, "M", "secret");

        await Task.WhenAll(
            Enumerable.Range(0, 16).Select(i => i % 2 == 0 ? _accounts.RenameAsync(_name, $"N{i}") : _accounts.DisableAsync(_name)));

        var (state, version) = await ReadAsync();
        Assert.Equal((true, 17), (state.Disabled, version));
        Assert.StartsWith("N", state.DisplayName, StringComparison.Ordinal);
    }

    private async Task<(UserState State, int Version)> ReadAsync()
    {
        var stored = await _world.States.ReadAsync(GrainKeys.UserStateName, GrainKeys.ForUser(_name), default);
        return (JsonSerializer.Deserialize<UserState>(stored!.Payload)!, stored.Version);
    }

    private async Task<string> LogInAsync(UserState user)
    {
        var key = "s:" + Guid.NewGuid().ToString("N");
        var session = new SessionState { User = _name, AccountId = user.AccountId, SecurityStamp = user.SecurityStamp };
        await _world.States.WriteAsync(GrainKeys.SessionStateName, key, JsonSerializer.SerializeToUtf8Bytes(session), null, default);
        return key;
    }
}
