using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

/// <summary>The open invitations, for operators.</summary>
public sealed class InvitationList(NpgsqlDataSource source)
{
    private const string Sql = "SELECT invitation_id, user_name, room, uses, expires_at FROM open_invitations(NULL)";

    /// <summary>Reads those that still have uses and time, in the order in which they were made.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    public async Task<IReadOnlyList<OpenInvitation>> ReadAsync() => await source.QueryAsync(
        "listing invitations", Sql, [],
        reader => new OpenInvitation(
            reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetInt32(3),
            reader.GetFieldValue<DateTimeOffset>(4)));

    /// <summary>Ends an invitation: from then on its code opens nothing.</summary>
    /// <returns>False if there is none of this id.</returns>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    public async Task<bool> WithdrawAsync(long id) => (await source.QueryAsync(
        "withdrawing an invitation", "SELECT withdraw_invitation($1)", [id], reader => reader.GetBoolean(0))).Single();
}

/// <summary>An invitation that can still be used.</summary>
/// <param name="Id">Names it; opens nothing.</param>
/// <param name="UserName">Who made it.</param>
/// <param name="Room">The room that it is into; null for none.</param>
/// <param name="Uses">How many may still use it.</param>
/// <param name="ExpiresAt">When it expires.</param>
public sealed record OpenInvitation(long Id, string UserName, string? Room, int Uses, DateTimeOffset ExpiresAt);
