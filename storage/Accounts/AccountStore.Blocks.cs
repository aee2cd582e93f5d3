using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

// Whose messages a user refuses.
public sealed partial class AccountStore
{
    // A row without a name tells that there are none.
    private const string BlocksSql =
        """
        SELECT b.user_name
        FROM account a
        LEFT JOIN LATERAL (
            SELECT p.user_name FROM member m JOIN account p ON p.account_id = m.log_id
            WHERE m.account_id = a.account_id AND m.is_blocked) b ON true
        WHERE a.user_name = $1 AND a.removed_at IS NULL
        ORDER BY b.user_name
        """;

    private const string SetBlockedSql =
        """
        INSERT INTO member AS c (account_id, log_id, is_blocked, revision)
        SELECT $1, account_id, $3, 1 FROM account WHERE user_name = $2
        ON CONFLICT (account_id, log_id) DO UPDATE SET is_blocked = EXCLUDED.is_blocked, revision = c.revision + 1
        """;

    /// <summary>Returns the names of those whom a user has blocked, in their order.</summary>
    public async Task<IReadOnlyList<string>> ListBlocksAsync(string userName, CancellationToken cancellationToken = default)
    {
        var rows = await source.QueryAsync(
            "listing blocks", BlocksSql, [userName], reader => reader.IsDBNull(0) ? null : reader.GetString(0), cancellationToken);
        Require(rows.Count > 0, AccountError.NoSuchUser, $"There is no user {userName}.");
        return [.. rows.OfType<string>()];
    }

    /// <summary>
    /// Has a user block another one, or no longer. What a blocked user begins to send after this has returned is refused; messages of an
    /// unblocked one are stored when the silos have heard of it.
    /// </summary>
    /// <param name="userName">Who blocks.</param>
    /// <param name="peer">Who is blocked: also a removed user.</param>
    /// <param name="isBlocked">Whether they are blocked from now on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task SetBlockedAsync(string userName, string peer, bool isBlocked, CancellationToken cancellationToken = default) =>
        RunAsync("blocking a user", async work =>
        {
            var (state, _) = await ReadAsync(work, userName);
            var found = await work.ExecuteAsync(SetBlockedSql, state.AccountId, peer, isBlocked);
            Require(found == 1, AccountError.NoSuchUser, $"There is no user {peer}.");
        }, userName, cancellationToken);
}
