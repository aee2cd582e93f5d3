using System.Text.Json;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

public class GrainStateTableTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly GrainStateTable _table = new(postgres.DataSource);

    // As OrleansDefaultHasher of Microsoft.Orleans.Persistence.AdoNet 10.4.2 computes them.
    [Theory]
    [InlineData("u:messi", -594723843)]
    [InlineData("s:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 2142256366)]
    [InlineData("p:all", 641021114)]
    public void A_key_hashes_as_the_provider_hashes_it(string key, int hash) => Assert.Equal(hash, GrainStateFormat.HashKey(key));

    [Theory]
    [InlineData("user", -1581452166)]
    [InlineData("session", 356260177)]
    public void A_state_name_hashes_as_the_provider_hashes_it(string name, int hash) =>
        Assert.Equal(hash, GrainStateFormat.HashName(name));

    [Fact]
    public async Task A_state_is_read_as_it_was_written_until_it_is_deleted()
    {
        Assert.Null(await _table.ReadAsync("other", "u:a", default));
        Assert.Equal(1, await _table.WriteAsync("other", "u:a", [1, 2], null, default));
        Assert.Equal(2, await _table.WriteAsync("other", "u:a", [3], 1, default));

        var state = await _table.ReadAsync("other", "u:a", default);
        Assert.Equal([3], state!.Payload);
        Assert.Equal(2, state.Version);

        Assert.False(await _table.DeleteAsync("other", "u:a", 1, default));
        Assert.True(await _table.DeleteAsync("other", "u:a", 2, default));
        Assert.Null(await _table.ReadAsync("other", "u:a", default));
    }

    [Fact]
    public async Task Of_many_first_writes_at_once_one_wins()
    {
        var versions = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(i => _table.WriteAsync("other", "u:first", [(byte)i], null, default)));

        Assert.Single(versions, version => version == 1);
        Assert.Equal(15, versions.Count(version => version == null));
    }

    [Fact]
    public async Task Of_many_writes_over_one_version_one_wins()
    {
        await _table.WriteAsync("other", "u:second", [0], null, default);

        var versions = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(i => _table.WriteAsync("other", "u:second", [(byte)i], 1, default)));

        Assert.Single(versions, version => version == 2);
        Assert.Equal(15, versions.Count(version => version == null));
    }

    [Fact]
    public async Task A_key_that_Orleans_would_fold_is_refused_by_the_database()
    {
        const string Folded = "SELECT write_grain_state(1, 0, 7, 1, 'other', NULL, 'orleanschat', NULL, '')";
        await Assert.ThrowsAsync<StorageUnavailableException>(() => postgres.DataSource.ExecuteAsync("test", Folded, []));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => _table.WriteAsync("other", "0abc", [], null, default));
    }

    [Fact]
    public async Task The_columns_that_SQL_reads_follow_the_stored_states()
    {
        var stamp = Guid.NewGuid();
        var user = new UserState { AccountId = 41, DisplayName = "Lionel \"Leo\" Messi ✓", PasswordHash = "x", SecurityStamp = stamp };
        var session = new SessionState { User = "messi", AccountId = 41, SecurityStamp = stamp, UsedAt = DateTimeOffset.UnixEpoch };
        await WriteAsync(GrainKeys.UserStateName, GrainKeys.ForUser("messi"), user, null);
        await WriteAsync(GrainKeys.SessionStateName, "s:1", session, null);

        Assert.Equal(["messi|41|Lionel \"Leo\" Messi ✓"], await ReadLiveAsync());

        await WriteAsync(GrainKeys.UserStateName, GrainKeys.ForUser("messi"), user with { DisplayName = "Messi" }, 1);
        Assert.Equal(["messi|41|Messi"], await ReadLiveAsync());

        await WriteAsync(GrainKeys.UserStateName, GrainKeys.ForUser("messi"), user with { Disabled = true }, 2);
        Assert.Empty(await ReadLiveAsync());

        await WriteAsync(GrainKeys.UserStateName, GrainKeys.ForUser("messi"), user with { SecurityStamp = Guid.NewGuid() }, 3);
        Assert.Empty(await ReadLiveAsync());

        await WriteAsync(GrainKeys.UserStateName, GrainKeys.ForUser("messi"), user, 4);
        Assert.Single(await ReadLiveAsync());
        await _table.DeleteAsync(GrainKeys.UserStateName, GrainKeys.ForUser("messi"), 5, default);
        Assert.Empty(await ReadLiveAsync());
    }

    private Task<int?> WriteAsync<T>(string name, string key, T state, int? version) =>
        _table.WriteAsync(name, key, JsonSerializer.SerializeToUtf8Bytes(state), version, default);

    private Task<List<string>> ReadLiveAsync() => postgres.DataSource.QueryAsync(
        "test", "SELECT owner || '|' || account_id || '|' || display_name FROM live_session WHERE session_key = 's:1'",
        [], r => r.GetString(0));
}
