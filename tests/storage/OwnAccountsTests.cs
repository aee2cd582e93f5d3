using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Storage.Tests;

/// <summary>What owners change, each in one transaction that checks the session.</summary>
public sealed class OwnAccountsTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private readonly OwnAccounts _owners = new(world.Database.DataSource);
    private readonly SessionTable _sessions = new(world.Database.DataSource);
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task A_new_name_shows_at_once_and_ends_no_session()
    {
        var (mine, other) = await EnterAsync();

        Assert.Equal(OwnResult.Done, await _owners.RenameAsync(mine, _name, "New"));

        Assert.Equal("New", (await UserAsync()).DisplayName);
        Assert.Equal(2, (await _sessions.GetAliveAsync([mine, other])).Count);
        Assert.Equal("New", Assert.Single((await _owners.FindUsersAsync(mine, _name, 9)).Value!).DisplayName);
        Assert.Contains(await _sessions.GetRecentAsync(TimeSpan.FromMinutes(1)), change => change.UserName == _name);
    }

    [Fact]
    public async Task A_new_password_ends_all_other_sessions_and_goes_on_with_this_one()
    {
        var (mine, other) = await EnterAsync();
        var stamp = (await UserAsync()).SecurityStamp;

        Assert.Equal(OwnResult.Done, await _owners.SetPasswordAsync(mine, _name, stamp, "new hash"));

        Assert.Equal([mine], await _sessions.GetAliveAsync([mine, other]));
        Assert.Equal([other], await _sessions.GetDeadAsync(_name));
        var user = await UserAsync();
        Assert.Equal("new hash", user.PasswordHash);
        Assert.NotEqual(stamp, user.SecurityStamp);
        Assert.Equal(OwnResult.OtherPassword, await _owners.SetPasswordAsync(mine, _name, stamp, "another"));
        Assert.Equal("new hash", (await UserAsync()).PasswordHash);
        Assert.Equal(OwnResult.Done, await _owners.SetPasswordAsync(mine, _name, user.SecurityStamp, "another"));
        Assert.Equal([mine], await _sessions.GetAliveAsync([mine]));
    }

    [Fact]
    public async Task Of_two_sessions_that_change_the_password_at_once_one_does_and_is_alive()
    {
        var (mine, other) = await EnterAsync();
        var stamp = (await UserAsync()).SecurityStamp;

        var results = await Task.WhenAll(
            _owners.SetPasswordAsync(mine, _name, stamp, "mine"), _owners.SetPasswordAsync(other, _name, stamp, "other"));

        Assert.Equal([OwnResult.Done, OwnResult.NoSession], results.Order());
        var winner = results[0] == OwnResult.Done ? mine : other;
        Assert.Equal([winner], await _sessions.GetAliveAsync([mine, other]));
        Assert.Equal(winner == mine ? "mine" : "other", (await UserAsync()).PasswordHash);
    }

    [Fact]
    public async Task A_session_that_has_ended_or_is_anothers_changes_nothing()
    {
        var (mine, other) = await EnterAsync();
        var stranger = await world.LogInAsync(_name + "2", await world.AddUserAsync(_name + "2"));
        var before = await UserAsync();
        await world.LogOutAsync(other);

        foreach (var session in new[] { other, stranger, "s:never" })
        {
            Assert.Equal(OwnResult.NoSession, await _owners.RenameAsync(session, _name, "New"));
            Assert.Equal(OwnResult.NoSession, await _owners.SetPasswordAsync(session, _name, before.SecurityStamp, "new hash"));
            Assert.Equal(OwnResult.NoSession, await _owners.RemoveAsync(session, _name, before.SecurityStamp));
        }
        await new AccountStore(world.Database.DataSource, new Passwords(iterations: 1)).DisableAsync(_name);
        Assert.Equal(OwnResult.NoSession, await _owners.RenameAsync(mine, _name, "New"));
        Assert.Equal(before.DisplayName, (await UserAsync()).DisplayName);
    }

    [Fact]
    public async Task One_who_removes_the_account_is_gone_as_an_operator_would_have_done_it()
    {
        var (mine, other) = await EnterAsync();
        var user = await UserAsync();
        Assert.Equal(OwnResult.OtherPassword, await _owners.RemoveAsync(mine, _name, Guid.NewGuid()));

        Assert.Equal(OwnResult.Done, await _owners.RemoveAsync(mine, _name, user.SecurityStamp));

        Assert.Empty(await _sessions.GetAliveAsync([mine, other]));
        Assert.Null(await world.States.ReadAsync(GrainKeys.UserStateName, GrainKeys.ForUser(_name), default));
        Assert.Equal(1, await world.Sql.CountAsync(
            "SELECT count(*) FROM log WHERE log_id = $1 AND removed_at IS NOT NULL", user.AccountId));
        Assert.Equal(OwnResult.NoSession, await _owners.RemoveAsync(mine, _name, user.SecurityStamp));
    }

    private async Task<(string Mine, string Other)> EnterAsync()
    {
        var account = await world.AddUserAsync(_name);
        return (await world.LogInAsync(_name, account), await world.LogInAsync(_name, account));
    }

    private async Task<UserState> UserAsync() => GrainStateFormat.Deserialize<UserState>(
        (await world.States.ReadAsync(GrainKeys.UserStateName, GrainKeys.ForUser(_name), default))!.Payload);
}
