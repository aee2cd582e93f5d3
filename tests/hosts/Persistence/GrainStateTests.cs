using Orleans.Storage;
using OrleansChat.GrainInterfaces;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Hosts.Tests.Persistence;

/// <summary>Rows that a silo writes are what SQL and the admin commands read, and the other way.</summary>
public sealed class GrainStateTests(ProductSilo silo) : IClassFixture<ProductSilo>
{
    private const string Password = "surabaya";

    private readonly string _user = $"u{Guid.NewGuid():N}"[..20];

    private string UserKey => GrainKeys.ForUser(_user);

    [Fact]
    public async Task A_user_whom_a_command_added_logs_in_and_the_session_is_alive_to_the_database()
    {
        await silo.Accounts.AddAsync(_user, "Lionel \"Leo\" Müller ✓", Password);
        var added = GrainStateFormat.Deserialize<UserState>((await silo.ReadRowAsync(UserKey)).Payload);
        var key = GrainKeys.ForSession(_user);
        var before = DateTimeOffset.UtcNow;

        Assert.Equal(LogInStatus.LoggedIn, await LogInAsync(key));

        var row = await silo.ReadRowAsync(key);
        var session = GrainStateFormat.Deserialize<SessionState>(row.Payload);
        row.IsOurs(GrainKeys.SessionStateName, key, session);
        Assert.Equal(SessionOf(added) with { UsedAt = session.UsedAt, Since = session.UsedAt }, session);
        Assert.InRange(session.UsedAt, before, DateTimeOffset.UtcNow);
        Assert.Equal(new ComputedColumns(_user, added.AccountId, added.SecurityStamp, null, null), row.Computed);
        Assert.Equal([(_user, added.AccountId, added.DisplayName)], await LiveAsync(key));
    }

    [Fact]
    public async Task A_user_whom_a_grain_wrote_is_what_the_commands_go_on_with()
    {
        await silo.Accounts.AddAsync(_user, "A User", Password);
        var added = GrainStateFormat.Deserialize<UserState>((await silo.ReadRowAsync(UserKey)).Payload);
        // The hash was of one round, and is renewed: by a later login, where the silo hears of the new user at that moment and reads its
        // state.
        var row = await silo.ReadRowAsync(UserKey);
        for (var i = 0; i < 3 && row.Version == 1; i++)
        {
            Assert.Equal(LogInStatus.LoggedIn, await LogInAsync(GrainKeys.ForSession(_user)));
            row = await silo.ReadRowAsync(UserKey);
        }

        var renewed = GrainStateFormat.Deserialize<UserState>(row.Payload);
        Assert.NotEqual(added.PasswordHash, renewed.PasswordHash);
        Assert.Equal(added with { PasswordHash = renewed.PasswordHash }, renewed);
        row.IsOurs(GrainKeys.UserStateName, UserKey, renewed);
        Assert.Equal(2, row.Version);
        Assert.Equal(new ComputedColumns(null, added.AccountId, added.SecurityStamp, "A User", true), row.Computed);

        await silo.Accounts.DisableAsync(_user);
        Assert.Equal(3, (await silo.ReadRowAsync(UserKey)).Version);
        Assert.Empty(await LiveAsync(GrainKeys.ForSession(_user)));
    }

    [Fact]
    public async Task A_session_that_SQL_wrote_opens_what_a_grain_asks_for()
    {
        await silo.Accounts.AddAsync(_user, "A User", Password);
        var user = GrainStateFormat.Deserialize<UserState>((await silo.ReadRowAsync(UserKey)).Payload);
        var key = GrainKeys.ForSession(_user);
        var written = GrainStateFormat.Serialize(SessionOf(user) with { UsedAt = DateTimeOffset.UtcNow });
        await new GrainStateTable(silo.Sql).WriteAsync(GrainKeys.SessionStateName, key, written, null, default);

        var session = silo.Grains.GetGrain<ISessionGrain>(key);
        Assert.Equal(_user, (await session.ReadInbox(InboxPositions.Start, "connection").InTime()).Session.User);
        Assert.Equal(_user, await session.LogOut().InTime());

        Assert.Null(await new GrainStateTable(silo.Sql).ReadAsync(GrainKeys.SessionStateName, key, default));
    }

    [Fact]
    public async Task The_provider_and_the_table_count_the_same_versions()
    {
        var table = new GrainStateTable(silo.Sql);
        var state = new UserState
        {
            AccountId = 7,
            DisplayName = "\u2028 </b> \ud83d\ude00",
            SecurityStamp = Guid.NewGuid(),
            Disabled = true,
        };
        var (grain, mine) = (GrainId.Create("user", UserKey), new GrainState<UserState>(state));

        await silo.Provider.WriteStateAsync(GrainKeys.UserStateName, grain, mine);
        var row = await silo.ReadRowAsync(UserKey);
        row.IsOurs(GrainKeys.UserStateName, UserKey, state);
        Assert.Equal(new ComputedColumns(null, 7, state.SecurityStamp, state.DisplayName, false), row.Computed);
        Assert.Equal(("1", 1), (mine.ETag, row.Version));

        var changed = state with { DisplayName = "Another" };
        Assert.Equal(2, await table.WriteAsync(GrainKeys.UserStateName, UserKey, GrainStateFormat.Serialize(changed), 1, default));
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Provider.WriteStateAsync(GrainKeys.UserStateName, grain, mine));
        await silo.Provider.ReadStateAsync(GrainKeys.UserStateName, grain, mine);
        Assert.Equal((changed, "2", true), (mine.State, mine.ETag, mine.RecordExists));

        await silo.Provider.ClearStateAsync(GrainKeys.UserStateName, grain, mine);
        Assert.Null(await table.ReadAsync(GrainKeys.UserStateName, UserKey, default));
        await silo.Provider.ReadStateAsync(GrainKeys.UserStateName, grain, mine);
        Assert.Equal((null, false), (mine.ETag, mine.RecordExists));
    }

    private SessionState SessionOf(UserState user) =>
        new() { User = _user, AccountId = user.AccountId, SecurityStamp = user.SecurityStamp };

    private Task<LogInStatus> LogInAsync(string key) =>
        silo.Grains.GetGrain<ISessionGrain>(key).LogIn(_user, new Secret(Password), "connection", "", PasswordRecall.Nothing).InTime();

    private Task<List<(string, long, string)>> LiveAsync(string key) => silo.Sql.QueryAsync(
        "test", "SELECT owner, account_id, display_name FROM live_session WHERE session_key = $1", [key],
        reader => (reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
}
