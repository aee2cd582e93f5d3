using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

// Erasing the names of removed users, in steps that may be cut off.
public sealed partial class AccountStore
{
    // As many rows as take a second at most.
    private const int EraseStep = 10_000;

    private const string DeleteReceiptsSql =
        """
        DELETE FROM send_receipt r
        USING (SELECT once_id FROM send_receipt WHERE sender_account_id = $1 LIMIT $2) some_receipt
        WHERE r.sender_account_id = $1 AND r.once_id = some_receipt.once_id
        """;

    /// <summary>
    /// Puts <c>removed-N</c> in the place of a removed user's names, and deletes the receipts. If it is cut off, repeat it. The notice of
    /// the removal and dead sessions hold the name for 12 minutes more, since silos may need them. The purge deletes them, or the next
    /// <see cref="AddAsync"/>; then it can be given again.
    /// </summary>
    /// <returns>N, the number of the account.</returns>
    public async Task<long> EraseAsync(string userName, CancellationToken cancellationToken = default)
    {
        const string find = "SELECT account_id, removed_at IS NOT NULL FROM account WHERE user_name = $1 AND erased_at IS NULL";
        var found = await source.QueryAsync(
            "looking for a removed user", find, [userName], reader => (Id: reader.GetInt64(0), IsRemoved: reader.GetBoolean(1)),
            cancellationToken);
        Require(found.Count == 1, AccountError.NoSuchUser, $"There is no user {userName}, and none was removed that is not erased yet.");
        Require(found[0].IsRemoved, AccountError.NotRemoved, $"The user {userName} is not removed: remove it first.");
        var id = found[0].Id;
        var name = $"{UserName.ErasedPrefix}{id}";
        // Names from before the prefix was reserved.
        const string holder = "SELECT account_id FROM account WHERE user_name = $1 AND account_id <> $2";
        var others = await source.QueryAsync("looking for a name", holder, [name, id], reader => reader.GetInt64(0), cancellationToken);
        Require(
            others.Count == 0, AccountError.AlreadyExists,
            $"There is a user {name}, which {userName} would become: remove and erase that one first.");
        while (await source.ExecuteAsync("deleting receipts", DeleteReceiptsSql, [id, EraseStep], cancellationToken) > 0) { }
        while (userName != name
            && await StepAsync("taking a name out of old messages", "SELECT rename_sender($1, $2, $3)", userName, id, EraseStep) > 0) { }
        await StepAsync("erasing a user", "SELECT erase_account($1)", userName);
        return id;

        async Task<long> StepAsync(string operation, string sql, params object?[] parameters) =>
            (await source.QueryAsync(operation, sql, parameters, reader => reader.IsDBNull(0) ? 0 : reader.GetInt64(0), cancellationToken))
            .Single();
    }
}
