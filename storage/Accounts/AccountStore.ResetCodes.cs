using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

// Codes for those who have lost their passwords.
public sealed partial class AccountStore
{
    /// <summary>
    /// Makes a code with which a user may set a new password, once, within 24 hours. An earlier one is good no more. Nothing else changes.
    /// </summary>
    public async Task<ResetCode> MakeResetCodeAsync(string userName, CancellationToken cancellationToken = default)
    {
        var code = SecretCode.New();
        var expiries = await source.QueryAsync(
            "making a code", "SELECT make_reset_code($1, $2)", [userName, SecretCode.DigestOf(code)],
            reader => reader.IsDBNull(0) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(0), cancellationToken);
        return expiries.Single() is { } expiresAt
            ? new ResetCode(code, expiresAt)
            : throw new AccountException(AccountError.NoSuchUser, $"There is no user {userName}.");
    }
}

/// <summary>A code for a lost password.</summary>
/// <param name="Code">What opens it; nothing else knows it.</param>
/// <param name="ExpiresAt">When it expires.</param>
public sealed record ResetCode(string Code, DateTimeOffset ExpiresAt)
{
    /// <summary>Leaves the code out, so that it does not reach logs.</summary>
    public override string ToString() => nameof(ResetCode);
}
