using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Conversations;

namespace OrleansChat.Storage.Tests;

/// <summary>The sessions of a user, as their owner sees them.</summary>
public sealed class OwnSessionsTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly OwnAccounts _owners = new(world.Database.DataSource);
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task They_are_listed_with_what_is_known_of_them_the_one_that_asks_first()
    {
        var account = await world.AddUserAsync(_name);
        var old = await world.LogInAsync(_name, account);
        var page = await LogInAsync(state => state with
        {
            Since = Noon,
            UsedAt = Noon.AddHours(1),
            Door = "http",
            Device = "Leo's \"telephone\" ✓",
            Address = "192.0.2.1",
        });

        var listed = (await _owners.ListSessionsAsync(old)).Value!;

        Assert.Equal(
            [
                new StoredSession(SessionId.Of(old), true, null, null, null, null, default),
                new StoredSession(
                    SessionId.Of(page), false, "http", "Leo's \"telephone\" ✓", "192.0.2.1", Noon, Noon.AddHours(1)),
            ],
            listed);
        Assert.Equal([true, false], (await _owners.ListSessionsAsync(page)).Value!.Select(session => session.IsCurrent));
        Assert.DoesNotContain(listed, session => page.Contains(session.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_is_found_by_its_id_by_its_owner_alone_and_while_both_live()
    {
        var account = await world.AddUserAsync(_name);
        var (mine, other) = (await world.LogInAsync(_name, account), await world.LogInAsync(_name, account));
        var strangers = await world.LogInAsync(_name + "2", await world.AddUserAsync(_name + "2"));
        var id = SessionId.Of(other);

        Assert.Equal(other, (await _owners.FindSessionAsync(mine, id)).Value);
        Assert.Equal(mine, (await _owners.FindSessionAsync(mine, SessionId.Of(mine))).Value);
        Assert.Equal(NoAnswer.NotFound, (await _owners.FindSessionAsync(strangers, id)).Reason);
        Assert.Equal(NoAnswer.NotFound, (await _owners.FindSessionAsync(mine, "")).Reason);

        await world.LogOutAsync(other);
        Assert.Equal(NoAnswer.NotFound, (await _owners.FindSessionAsync(mine, id)).Reason);
        Assert.Single((await _owners.ListSessionsAsync(mine)).Value!);
        Assert.Equal(NoAnswer.NoSession, (await _owners.FindSessionAsync(other, SessionId.Of(mine))).Reason);
        Assert.Equal(NoAnswer.NoSession, (await _owners.ListSessionsAsync(other)).Reason);
    }

    private async Task<string> LogInAsync(Func<SessionState, SessionState> change)
    {
        var stored = await world.States.ReadAsync(GrainKeys.UserStateName, GrainKeys.ForUser(_name), default);
        var user = GrainStateFormat.Deserialize<UserState>(stored!.Payload);
        var key = GrainKeys.ForSession(Guid.NewGuid().ToString());
        var state = change(new SessionState { User = _name, AccountId = user.AccountId, SecurityStamp = user.SecurityStamp });
        await world.States.WriteAsync(GrainKeys.SessionStateName, key, GrainStateFormat.Serialize(state), null, default);
        return key;
    }
}
