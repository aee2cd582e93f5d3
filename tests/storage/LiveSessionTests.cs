using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

/// <summary>The table of living sessions is what its definition says, whatever changes states, and however much at once.</summary>
public sealed class LiveSessionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Users = 3, Sessions = 12;
    private static readonly string[] Stamps = ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"];

    [Fact]
    public async Task It_follows_each_change_of_a_session_or_a_user()
    {
        await PrepareAsync();
        var random = new Random(1);
        var seen = 0L;
        for (var i = 0; i < 1_000; i++)
        {
            await ChangeAsync(random);
            Assert.Equal(0, await CountAsync(Wrong));
            seen = Math.Max(seen, await CountAsync("SELECT count(*) FROM live_session"));
        }
        Assert.InRange(seen, 3, Sessions);
    }

    [Fact]
    public async Task It_follows_changes_made_at_once()
    {
        await PrepareAsync();
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
            {
                var random = new Random((round * 8) + worker);
                for (var i = 0; i < 40; i++) await ChangeAsync(random);
            })));
            Assert.Equal(0, await CountAsync(Wrong));
        }
    }

    private const string Wrong =
        """
        SELECT count(*)
        FROM live_session l
        FULL JOIN (
            SELECT s.grainidextensionstring AS session_key, s.owner, u.account_id, u.display_name
            FROM orleansstorage s
            JOIN orleansstorage u ON u.grainidextensionstring = 'u:' || s.owner COLLATE "C"
            WHERE s.graintypestring = 'session' AND u.graintypestring = 'user' AND u.enabled AND u.stamp = s.stamp) s
            ON (l.session_key, l.owner, l.account_id, l.display_name) = (s.session_key, s.owner, s.account_id, s.display_name)
        WHERE l.session_key IS NULL OR s.session_key IS NULL
        """;

    /// <summary>
    /// No grains, and both accounts with names of nobody: the users below change accounts as none outside does, so whichever of them came
    /// first would otherwise hold its name twice.
    /// </summary>
    private async Task PrepareAsync()
    {
        await ExecuteAsync("DELETE FROM orleansstorage");
        await ExecuteAsync(
            "INSERT INTO account (account_id, user_name, display_name) VALUES (1, 'one', ''), (2, 'two', '') ON CONFLICT DO NOTHING");
    }

    private async Task ChangeAsync(Random random)
    {
        var (user, session, stamp) = ($"user{random.Next(Users)}", $"s:{random.Next(Sessions)}", Stamps[random.Next(2)]);
        await (random.Next(10) switch
        {
            0 or 1 => InsertAsync("user", GrainKeys.ForUser(user), UserPayload(random, stamp)),
            2 or 3 or 4 => UpdateAsync(GrainKeys.ForUser(user), UserPayload(random, stamp)),
            5 when random.Next(3) == 0 =>
                ExecuteAsync("DELETE FROM orleansstorage WHERE grainidextensionstring = $1", GrainKeys.ForUser(user)),
            5 or 6 => ExecuteAsync("DELETE FROM orleansstorage WHERE grainidextensionstring = $1", session),
            7 => ExecuteAsync("UPDATE orleansstorage SET payloadbinary = NULL WHERE grainidextensionstring = $1", session),
            _ => InsertAsync("session", session, $$"""{"User": "{{user}}", "AccountId": 1, "SecurityStamp": "{{stamp}}"}"""),
        });
    }

    private static string UserPayload(Random random, string stamp) =>
        $$"""{"AccountId": {{random.Next(1, 3)}}, "DisplayName": "Name {{random.Next(2)}}", "SecurityStamp": "{{stamp}}","""
        + $$""" "Disabled": {{(random.Next(4) == 0 ? "true" : "false")}}}""";

    private const string Columns = "grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, "
        + "serviceid, payloadbinary, version";

    private Task InsertAsync(string type, string key, string payload) => ExecuteAsync(
        $"""
        INSERT INTO orleansstorage ({Columns})
        VALUES (0, 0, 0, 0, '{type}', $1, 'orleanschat', convert_to($2, 'UTF8'), 1) ON CONFLICT DO NOTHING
        """, key, payload);

    private Task UpdateAsync(string key, string payload) =>
        ExecuteAsync("UPDATE orleansstorage SET payloadbinary = convert_to($2, 'UTF8') WHERE grainidextensionstring = $1", key, payload);

    private async Task ExecuteAsync(string sql, params string[] values)
    {
        await using var command = postgres.DataSource.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = postgres.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
