using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

/// <summary>How users come in, and into rooms by invitations, in PostgreSQL.</summary>
public sealed class Registrations(NpgsqlDataSource source, RoomLimits limits) : IRegistrations
{
    private const int Seconds = 4;

    // $1: the name, $2: the user's key, $3: the invitation or NULL.
    private const string VacancySql =
        """
        SELECT $3::text IS NULL OR has_invitation($3),
               EXISTS (SELECT FROM account WHERE user_name = $1)
               OR EXISTS (SELECT FROM orleansstorage WHERE grainidextensionstring = $2 AND graintypestring = 'user')
               OR EXISTS (SELECT FROM erased_name WHERE digest = sha256(convert_to($1, 'UTF8')) AND free_at > now())
        """;

    /// <inheritdoc/>
    public async Task<RegistrationResult> FindVacancyAsync(string userName, string? invitation)
    {
        var (isInvited, isTaken) = (await source.QueryAsync(
            "looking for a name", VacancySql, [userName, GrainKeys.ForUser(userName), invitation],
            reader => (reader.GetBoolean(0), reader.GetBoolean(1)))).Single();
        return !isInvited ? RegistrationResult.NoInvitation : isTaken ? RegistrationResult.NameTaken : RegistrationResult.Done;
    }

    /// <inheritdoc/>
    public async Task<RegistrationResult> RegisterAsync(string userName, string displayName, string passwordHash, string? invitation)
    {
        // As the admin command does it: a name that was erased long enough ago is free.
        await source.ExecuteAsync("forgetting erased names", "SELECT forget_erased()", []);
        try
        {
            await using var work = await AccountTransaction.BeginAsync(source, CancellationToken.None, Seconds);
            if (invitation is not null && !await work.ScalarAsync<bool>("SELECT has_invitation($1)", invitation))
                return RegistrationResult.NoInvitation;
            if (await work.FindHolderAsync(userName) is not null || !await work.AddAsync(userName, displayName, passwordHash))
                return RegistrationResult.NameTaken;
            // After the account, as others lock them: accounts, then rooms, then invitations.
            var used = invitation is null
                ? RegistrationResult.Done
                : (RegistrationResult)await work.ScalarAsync<int>(
                    "SELECT use_invitation($1, $2, $3)", invitation, userName, limits.Members);
            if (used != RegistrationResult.Done) return used;
            await work.CommitAsync(userName);
            return RegistrationResult.Done;
        }
        catch (Exception exception) when (exception.IsStorageFailure())
        {
            throw Statements.Unavailable("registering a user", exception);
        }
    }

    /// <inheritdoc/>
    public async Task<MadeInvitation> InviteAsync(
        string sessionKey, string digest, int uses, DateTimeOffset? expiresAt, string? room = null)
    {
        var rows = await source.QueryAsync(
            "making an invitation", "SELECT outcome, ends_at FROM make_invitation($1, $2, $3, $4::timestamptz, $5, $6)",
            [sessionKey, digest, uses, expiresAt?.UtcDateTime, MadeInvitation.MostOpen, room],
            reader => new MadeInvitation(
                (InvitationResult)reader.GetInt32(0), reader.IsDBNull(1) ? default : reader.GetFieldValue<DateTimeOffset>(1)));
        return rows.Single();
    }

    /// <inheritdoc/>
    public async Task<Redemption> RedeemAsync(string sessionKey, string digest, Guid id)
    {
        var rows = await source.QueryAsync(
            "redeeming an invitation", "SELECT outcome, room_name, in_log, at_number FROM redeem_invitation($1, $2, $3, $4, $5)",
            [sessionKey, digest, id, limits.Members, limits.RoomsPerUser],
            reader => (RedemptionResult)reader.GetInt32(0) is not RedemptionResult.Done and var refused
                ? new Redemption(refused)
                : new Redemption(RedemptionResult.Done, reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));
        return rows.Single();
    }

    /// <inheritdoc/>
    public async Task<bool> HasResetCodeAsync(string userName, string digest) => (await source.QueryAsync(
        "looking for a code", "SELECT has_reset_code($1, $2)", [userName, digest], reader => reader.GetBoolean(0))).Single();

    /// <inheritdoc/>
    public async Task<bool> ResetAsync(string userName, string digest, string passwordHash)
    {
        try
        {
            await using var work = await AccountTransaction.BeginAsync(source, CancellationToken.None, Seconds);
            if (await work.ReadAsync(userName) is not { } stored) return false;
            var user = GrainStateFormat.Deserialize<UserState>(stored.Payload);
            if (user.Disabled || !await work.ScalarAsync<bool>("SELECT use_reset_code($1, $2)", user.AccountId, digest)) return false;
            var renewed = user with { PasswordHash = passwordHash, SecurityStamp = Guid.NewGuid() };
            if (!await work.WriteAsync(userName, renewed, stored.Version))
                throw new InvalidOperationException("Another writer changed a locked row.");
            await work.DropCodesAsync(user.AccountId);
            await work.CommitAsync(userName);
            return true;
        }
        catch (Exception exception) when (exception.IsStorageFailure())
        {
            throw Statements.Unavailable("setting a password by a code", exception);
        }
    }
}
