using OrleansChat.Storage.Postgres;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests.Roles;

/// <summary>
/// Functions that work as the owner of the tables, in a database that was migrated and where nobody was granted anything.
/// </summary>
public sealed class DefinerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Nobody_may_call_one_who_was_not_granted_it_and_none_goes_by_its_callers_search_path()
    {
        const string sql =
            """
            SELECT p.proname, has_function_privilege('pg_monitor', p.oid, 'EXECUTE'), array_to_string(p.proconfig, ',')
            FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef ORDER BY 1
            """;

        var functions = await postgres.DataSource.QueryAsync(
            "test", sql, [], reader => (reader.GetString(0), reader.GetBoolean(1), reader.GetString(2)));

        const string path = "search_path=public, pg_temp";
        string[] expected =
        [
            "change_room", "drop_codes", "erase_account", "forget_codes", "forget_erased", "forget_rooms",
            "has_invitation", "has_reset_code", "leave_room", "make_invitation", "make_reset_code", "message_deleted", "open_invitations",
            "redeem_invitation", "rename_sender", "use_invitation", "use_reset_code", "withdraw_invitation",
        ];
        Assert.Equal(expected.Select(name => (name, false, path)), functions);
    }

    [Fact]
    public async Task A_temporary_table_of_the_caller_is_not_taken_for_one_of_the_service()
    {
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        const string sql =
            """
            INSERT INTO account (account_id, user_name, display_name, removed_at) VALUES (1, 'messi', 'Lionel Messi', now());
            CREATE TEMPORARY TABLE account (LIKE public.account);
            SELECT erase_account('messi');
            """;
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);

        Assert.Equal(1L, await command.ExecuteScalarAsync());
        Assert.Equal(1, await postgres.DataSource.CountAsync("SELECT count(*) FROM public.account WHERE user_name = 'removed-1'"));
    }
}
