using Npgsql;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Tests;

/// <summary>Users are found by the beginning of their names.</summary>
public sealed class FindUsersTests : IClassFixture<MailboxWorld>, IAsyncLifetime
{
    private readonly MailboxWorld _world;
    private readonly OwnAccounts _owners;
    private readonly AccountStore _accounts;
    // Of each test, so that none finds another's.
    private readonly string _x = Guid.NewGuid().ToString("N")[..6];
    private string _session = "";

    public FindUsersTests(MailboxWorld world)
    {
        _world = world;
        _owners = new OwnAccounts(world.Database.DataSource);
        _accounts = new AccountStore(world.Database.DataSource, new Passwords(iterations: 1));
    }

    public async Task InitializeAsync() => _session = await _world.LogInAsync($"me{_x}", await _world.AddUserAsync($"me{_x}"));

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task By_either_name_in_any_case_user_names_first()
    {
        await AddAsync($"{_x}b", "Zoë");
        await AddAsync($"{_x}a", $"{_x} the First");
        await AddAsync($"a{_x}", $"{_x.ToUpperInvariant()} Ä");
        await AddAsync($"b{_x}", $"the {_x}");

        Assert.Equal([$"{_x}a", $"{_x}b", $"a{_x}"], await FindAsync(_x));
        Assert.Equal([$"{_x}a", $"{_x}b", $"a{_x}"], await FindAsync(_x.ToUpperInvariant()));
        Assert.Equal([$"a{_x}"], await FindAsync($"{_x} Ä"));
        Assert.Equal([$"{_x}a", $"{_x}b"], await FindAsync(_x, limit: 2));
        Assert.Empty(await FindAsync(_x[1..] + "%"));
        Assert.Empty(await FindAsync("_" + _x[1..]));
    }

    [Fact]
    public async Task But_not_disabled_and_removed_ones_and_not_without_a_session()
    {
        foreach (var i in new[] { 1, 2, 3 }) await AddAsync($"{_x}{i}", $"{_x}{i}");
        await _accounts.DisableAsync($"{_x}1");
        await _accounts.RemoveAsync($"{_x}2");

        Assert.Equal([$"{_x}3"], await FindAsync(_x));
        Assert.Equal(NoAnswer.NoSession, (await _owners.FindUsersAsync("s:never", _x, 20)).Reason);
        await _accounts.EraseAsync($"{_x}2");
        Assert.DoesNotContain(await FindAsync("removed-"), name => name.StartsWith("removed-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task However_many_there_are_those_that_are_asked_for_are_looked_at()
    {
        await _world.Sql.ExecuteAsync(
            "test",
            """
            INSERT INTO account (account_id, user_name, display_name, removed_at)
            SELECT 100000 + i, $1 || i, $1 || i, CASE WHEN i <= 5000 THEN now() END FROM generate_series(1, 20000) i
            """,
            [_x]);
        await _world.Sql.ExecuteAsync(
            "test",
            """
            INSERT INTO orleansstorage (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring,
                                        serviceid, payloadbinary, version)
            SELECT 1, 0, 0, 1, 'user', 'u:' || $1 || i, 'orleanschat', convert_to(json_build_object('AccountId', 100000 + i,
                'DisplayName', $1 || i, 'SecurityStamp', gen_random_uuid(), 'Disabled', false)::text, 'UTF8'), 1
            FROM generate_series(5001, 20000) i
            """,
            [_x]);
        await _world.Sql.ExecuteAsync("test", "ANALYZE", []);

        await using var connection = await _world.Sql.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // As of the tenth call a plan is kept. The first letters are those of all, the others those of one.
        for (var i = 0; i < 20; i++)
        {
            var (beginning, expected) = i % 2 == 0 ? (_x, 20L) : ($"{_x}20000", 1L);
            await using var find = new NpgsqlCommand("SELECT count(*) FROM find_users($1, 20)", connection).With(beginning);
            Assert.Equal(expected, await find.ExecuteScalarAsync());
        }
        await using var command = new NpgsqlCommand(
            """
            SELECT sum(seq_scan)::bigint, sum(coalesce(idx_tup_fetch, 0))::bigint
            FROM pg_stat_xact_user_tables WHERE relname IN ('account', 'orleansstorage')
            """,
            connection);
        var (whole, rows) = (await command.ReadAllAsync(reader => (reader.GetInt64(0), reader.GetInt64(1)), default)).Single();
        Assert.Equal(0, whole);
        Assert.InRange(rows, 400, 2_000);
    }

    private async Task<IEnumerable<string>> FindAsync(string beginning, int limit = 20) =>
        (await _owners.FindUsersAsync(_session, beginning, limit)).Value!.Select(user => user.UserName);

    private Task AddAsync(string user, string name) => _accounts.AddAsync(user, name, "secret");
}
