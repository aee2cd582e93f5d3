using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Storage.Tests;

/// <summary>Codes for lost passwords.</summary>
public sealed class ResetCodeTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private readonly Registrations _registrations = new(world.Database.DataSource, new RoomLimits());
    private readonly AccountStore _accounts = new(world.Database.DataSource, new Passwords(iterations: 1));
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task A_code_sets_a_password_once_and_ends_all_sessions()
    {
        var session = await EnterAsync();
        var made = await _accounts.MakeResetCodeAsync(_name);
        Assert.InRange(made.ExpiresAt, DateTimeOffset.UtcNow.AddHours(23), DateTimeOffset.UtcNow.AddHours(25));
        Assert.DoesNotContain(made.Code, made.ToString(), StringComparison.Ordinal);
        var digest = SecretCode.DigestOf(made.Code);
        Assert.Single(await new SessionTable(world.Sql).GetAliveAsync([session]));

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _registrations.ResetAsync(_name, digest, $"hash {i}")));

        Assert.Single(results, isDone => isDone);
        Assert.Equal($"hash {results.IndexOf(true)}", (await UserAsync()).PasswordHash);
        Assert.Empty(await new SessionTable(world.Sql).GetAliveAsync([session]));
        Assert.False(await _registrations.HasResetCodeAsync(_name, digest));
    }

    [Fact]
    public async Task Only_the_last_code_of_a_user_is_good_for_that_user_and_a_day()
    {
        await EnterAsync();
        await world.AddUserAsync(_name + "2");
        var first = SecretCode.DigestOf((await _accounts.MakeResetCodeAsync(_name)).Code);
        var second = SecretCode.DigestOf((await _accounts.MakeResetCodeAsync(_name)).Code);
        await _accounts.MakeResetCodeAsync(_name + "2");

        await AssertRefusedAsync(_name, first);
        await AssertRefusedAsync(_name + "2", second);
        await AssertRefusedAsync("nobody", second);
        Assert.True(await _registrations.HasResetCodeAsync(_name, second));
        await world.Sql.ExecuteAsync("test", "UPDATE reset_code SET expires_at = now() WHERE digest = $1", [second]);
        await AssertRefusedAsync(_name, second);
        await new MailboxPurge(world.Database.DataSource).RunOnceAsync(default);
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM reset_code WHERE digest = $1", second));
        Assert.Equal("", (await UserAsync()).PasswordHash);
    }

    [Fact]
    public async Task A_password_that_is_set_otherwise_ends_the_code()
    {
        var session = await EnterAsync();
        var owners = new OwnAccounts(world.Database.DataSource);
        var digest = SecretCode.DigestOf((await _accounts.MakeResetCodeAsync(_name)).Code);
        Assert.Equal(OwnResult.Done, await owners.SetPasswordAsync(session, _name, (await UserAsync()).SecurityStamp, "hash"));
        await AssertRefusedAsync(_name, digest);

        digest = SecretCode.DigestOf((await _accounts.MakeResetCodeAsync(_name)).Code);
        Assert.Equal(OwnResult.Done, await owners.RenameAsync(session, _name, "Another"));
        await AssertGoodAsync(digest);
        await _accounts.SetPasswordAsync(_name, "surabaya");
        await AssertRefusedAsync(_name, digest);
    }

    [Fact]
    public async Task A_disabled_user_has_none_and_a_removed_one_not_any_more()
    {
        await EnterAsync();
        var digest = SecretCode.DigestOf((await _accounts.MakeResetCodeAsync(_name)).Code);
        await _accounts.DisableAsync(_name);
        await AssertRefusedAsync(_name, digest);
        await _accounts.EnableAsync(_name);
        await AssertGoodAsync(digest);

        await _accounts.RemoveAsync(_name);
        await AssertRefusedAsync(_name, digest);
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM reset_code WHERE digest = $1", digest));
        foreach (var name in new[] { _name, "nobody" })
            Assert.Equal(
                AccountError.NoSuchUser,
                (await Assert.ThrowsAsync<AccountException>(() => _accounts.MakeResetCodeAsync(name))).Error);
    }

    private async Task AssertGoodAsync(string digest) => Assert.True(await _registrations.HasResetCodeAsync(_name, digest));

    private async Task AssertRefusedAsync(string user, string digest)
    {
        Assert.False(await _registrations.HasResetCodeAsync(user, digest));
        Assert.False(await _registrations.ResetAsync(user, digest, "stolen"));
    }

    private async Task<string> EnterAsync() => await world.LogInAsync(_name, await world.AddUserAsync(_name));

    private async Task<UserState> UserAsync() => GrainStateFormat.Deserialize<UserState>(
        (await world.States.ReadAsync(GrainKeys.UserStateName, GrainKeys.ForUser(_name), default))!.Payload);
}
