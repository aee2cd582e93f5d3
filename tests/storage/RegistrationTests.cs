using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Tests;

/// <summary>How new users come in.</summary>
public sealed class RegistrationTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private readonly Registrations _registrations = new(world.Database.DataSource, new RoomLimits());
    private readonly AccountStore _accounts = new(world.Database.DataSource, new Passwords(iterations: 1));
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task A_name_is_given_once_and_not_while_a_removed_user_has_it()
    {
        Assert.Equal(RegistrationResult.Done, await _registrations.FindVacancyAsync(_name, null));
        Assert.Equal(RegistrationResult.Done, await _registrations.RegisterAsync(_name, "New", "hash", null));
        var user = GrainStateFormat.Deserialize<UserState>(
            (await world.States.ReadAsync(GrainKeys.UserStateName, GrainKeys.ForUser(_name), default))!.Payload);
        Assert.Equal(("New", "hash", false), (user.DisplayName, user.PasswordHash, user.Disabled));
        Assert.NotEqual(Guid.Empty, user.SecurityStamp);

        await AssertTakenAsync();
        await _accounts.RemoveAsync(_name);
        await AssertTakenAsync();
        await _accounts.EraseAsync(_name);
        await AssertTakenAsync();
        await world.Sql.ExecuteAsync("test", "UPDATE erased_name SET free_at = now()", []);
        Assert.Equal(RegistrationResult.Done, await _registrations.FindVacancyAsync(_name, null));
        Assert.Equal(RegistrationResult.Done, await _registrations.RegisterAsync(_name, "New", "hash", null));
    }

    [Fact]
    public async Task Of_many_who_want_a_name_at_once_one_gets_it()
    {
        var results = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => _registrations.RegisterAsync(_name, $"Name {i}", "hash", null)));
        Assert.Single(results, RegistrationResult.Done);
        Assert.Equal(7, results.Count(result => result == RegistrationResult.NameTaken));
    }

    [Fact]
    public async Task An_invitation_is_used_as_often_as_it_may_be_however_many_come_at_once()
    {
        var digest = await InviteAsync(uses: 3);
        Assert.Equal(RegistrationResult.Done, await _registrations.FindVacancyAsync(_name + "0", digest));

        var results = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => _registrations.RegisterAsync(_name + i, "New", "hash", digest)));

        Assert.Equal(3, results.Count(result => result == RegistrationResult.Done));
        Assert.Equal(5, results.Count(result => result == RegistrationResult.NoInvitation));
        Assert.Equal(RegistrationResult.NoInvitation, await _registrations.FindVacancyAsync(_name + "9", digest));
        Assert.Equal(3, (await _accounts.ListAsync()).Count(account => account.UserName.StartsWith(_name, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_registration_that_fails_uses_no_invitation()
    {
        var digest = await InviteAsync(uses: 1);
        await world.AddUserAsync(_name);
        Assert.Equal(RegistrationResult.NameTaken, await _registrations.FindVacancyAsync(_name, digest));
        Assert.Equal(RegistrationResult.NameTaken, await _registrations.RegisterAsync(_name, "New", "hash", digest));
        Assert.Equal(RegistrationResult.Done, await _registrations.RegisterAsync(_name + "2", "New", "hash", digest));
    }

    [Fact]
    public async Task An_invitation_that_is_unknown_or_old_or_of_one_who_has_gone_opens_nothing()
    {
        Assert.Equal(RegistrationResult.NoInvitation, await TryAsync(SecretCode.DigestOf("guess")));

        var old = await InviteAsync();
        await world.Sql.ExecuteAsync("test", "UPDATE invitation SET expires_at = now() WHERE digest = $1", [old]);
        Assert.Equal(RegistrationResult.NoInvitation, await TryAsync(old));
        await new MailboxPurge(world.Database.DataSource).RunOnceAsync(default);
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM invitation WHERE digest = $1", old));

        var disabled = await InviteAsync(user: _name + "d");
        await _accounts.DisableAsync(_name + "d");
        Assert.Equal(RegistrationResult.NoInvitation, await TryAsync(disabled));
        await _accounts.EnableAsync(_name + "d");
        await _accounts.RemoveAsync(_name + "d");
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM invitation WHERE digest = $1", disabled));

        async Task<RegistrationResult> TryAsync(string digest)
        {
            var looked = await _registrations.FindVacancyAsync(_name, digest);
            Assert.Equal(looked, await _registrations.RegisterAsync(_name, "New", "hash", digest));
            return looked;
        }
    }

    [Fact]
    public async Task Invitations_are_made_by_a_session_for_a_while_and_not_without_end()
    {
        var session = await world.LogInAsync(_name, await world.AddUserAsync(_name));
        var first = SecretCode.DigestOf(SecretCode.New());
        var made = await _registrations.InviteAsync(session, first, 1, null);
        Assert.Equal(InvitationResult.Done, made.Result);
        Assert.InRange(made.ExpiresAt, DateTimeOffset.UtcNow.AddDays(6), DateTimeOffset.UtcNow.AddDays(8));
        Assert.Equal(made, await _registrations.InviteAsync(session, first, 1, null));

        Assert.Equal(InvitationResult.NoSession, (await InviteAsync("s:never", null)).Result);
        Assert.Equal(InvitationResult.BadTime, (await InviteAsync(session, DateTimeOffset.UtcNow.AddDays(31))).Result);
        Assert.Equal(InvitationResult.BadTime, (await InviteAsync(session, DateTimeOffset.UtcNow.AddMinutes(-1))).Result);
        for (var i = 1; i < MadeInvitation.MostOpen; i++)
            Assert.Equal(InvitationResult.Done, (await InviteAsync(session, DateTimeOffset.UtcNow.AddDays(29))).Result);
        Assert.Equal(InvitationResult.TooMany, (await InviteAsync(session, null)).Result);
        await _registrations.RegisterAsync(_name + "2", "New", "hash", first);
        Assert.Equal(InvitationResult.Done, (await InviteAsync(session, null)).Result);

        Task<MadeInvitation> InviteAsync(string by, DateTimeOffset? expiresAt) =>
            _registrations.InviteAsync(by, SecretCode.DigestOf(SecretCode.New()), 1, expiresAt);
    }

    private async Task AssertTakenAsync()
    {
        Assert.Equal(RegistrationResult.NameTaken, await _registrations.FindVacancyAsync(_name, null));
        Assert.Equal(RegistrationResult.NameTaken, await _registrations.RegisterAsync(_name, "Another", "hash", null));
    }

    private async Task<string> InviteAsync(int uses = 1, string? user = null)
    {
        user ??= "host" + Guid.NewGuid().ToString("N")[..8];
        var session = await world.LogInAsync(user, await world.AddUserAsync(user));
        var digest = SecretCode.DigestOf(SecretCode.New());
        Assert.Equal(InvitationResult.Done, (await _registrations.InviteAsync(session, digest, uses, null)).Result);
        return digest;
    }
}
