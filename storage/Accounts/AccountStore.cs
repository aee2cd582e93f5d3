using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Storage.Accounts;

/// <summary>
/// The admin commands on accounts. Each is one transaction on the rows of the grains, so it works whether or not a host runs;
/// running hosts learn of it through <see cref="IAccountChanges"/>. From the commit on, ended sessions are refused.
/// </summary>
/// <remarks>
/// Every method throws <see cref="AccountException"/> when it is refused, and <see cref="StorageUnavailableException"/> when
/// the database does not answer; it is then unknown whether the command took effect, and repeating it is safe.
/// </remarks>
public sealed partial class AccountStore(NpgsqlDataSource source, Passwords passwords)
{
    /// <summary>The greatest length of a display name, in bytes of UTF-8.</summary>
    public const int MaxDisplayNameBytes = DisplayName.MaxBytes;

    /// <summary>The smallest length of a new password, in characters as people count them; default 1. Old passwords stay valid.</summary>
    public int MinPasswordLength { get; init; } = 1;

    /// <summary>
    /// Whether a text is a valid display name: well-formed Unicode with a visible character, without control characters, without
    /// white space around it, and with every control of direction closed.
    /// </summary>
    public static bool IsDisplayName(string name) => DisplayName.IsValid(name);

    /// <summary>Adds a user.</summary>
    public async Task AddAsync(string userName, string displayName, string password, CancellationToken cancellationToken = default)
    {
        Require(
            UserName.IsValidForNew(userName), AccountError.BadUserName,
            $"'{userName}' is not a valid name for a new user: use 1 to 32 of a-z 0-9 . _ - that begin with a letter or digit, and not "
            + $"with '{UserName.ErasedPrefix}'");
        RequireDisplayName(displayName);
        RequirePassword(userName, password);
        // By itself: its locks must not last as long as the hash.
        await source.ExecuteAsync("forgetting erased names", "SELECT forget_erased()", [], cancellationToken);
        await RunAsync("adding a user", async work =>
        {
            var exists = $"The user {userName} already exists.";
            // Before the expensive hash: each start with demonstration users ends here.
            Require(await work.ReadAsync(userName) is null, AccountError.AlreadyExists, exists);
            if (await work.FindHolderAsync(userName) is { } holder) throw new AccountException(AccountError.AlreadyExists, holder);
            var hash = await passwords.HashAsync(password, cancellationToken);
            Require(await work.AddAsync(userName, displayName, hash), AccountError.AlreadyExists, exists);
        }, userName, cancellationToken);
    }

    /// <summary>Adds many users, each in a transaction of its own. Returns those who could not be added, with the reason.</summary>
    public async Task<IReadOnlyList<(NewAccount Account, AccountException Refusal)>> AddManyAsync(
        IEnumerable<NewAccount> accounts, CancellationToken cancellationToken = default)
    {
        var refusals = new List<(NewAccount, AccountException)>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(accounts, options, async (account, token) =>
        {
            try
            {
                await AddAsync(account.UserName, account.DisplayName, account.Password, token);
            }
            catch (AccountException refusal)
            {
                lock (refusals)
                    refusals.Add((account, refusal));
            }
        });
        return refusals;
    }

    /// <summary>Returns all accounts, ordered by name.</summary>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken = default) =>
        await source.QueryAsync(
            "listing users",
            """
            SELECT substr(u.grainidextensionstring, 3), u.display_name, u.enabled, coalesce(l.sessions, 0)
            FROM orleansstorage u
            LEFT JOIN (SELECT account_id, count(*) AS sessions FROM live_session GROUP BY account_id) l USING (account_id)
            WHERE u.graintypestring = 'user' AND u.serviceid = 'orleanschat'
            ORDER BY u.grainidextensionstring
            """,
            [], reader => new Account(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetInt64(3)),
            cancellationToken);

    /// <summary>Sets a new password and ends all sessions of the user.</summary>
    public async Task SetPasswordAsync(string userName, string password, CancellationToken cancellationToken = default)
    {
        RequirePassword(userName, password);
        var hash = await passwords.HashAsync(password, cancellationToken);
        await RunAsync("setting a password", async work =>
        {
            var (state, version) = await ReadAsync(work, userName);
            await WriteAsync(work, userName, state with { PasswordHash = hash, SecurityStamp = Guid.NewGuid() }, version);
            await work.DropCodesAsync(state.AccountId);
        }, userName, cancellationToken);
    }

    /// <summary>Sets a new display name; messages already sent show it too.</summary>
    public Task RenameAsync(string userName, string displayName, CancellationToken cancellationToken = default)
    {
        RequireDisplayName(displayName);
        return ChangeAsync(userName, state => state with { DisplayName = displayName }, cancellationToken);
    }

    /// <summary>Ends all sessions of a user and treats the user as absent; the messages stay.</summary>
    public Task DisableAsync(string userName, CancellationToken cancellationToken = default) =>
        ChangeAsync(userName, state => state with { Disabled = true, SecurityStamp = Guid.NewGuid() }, cancellationToken);

    /// <summary>Reverts <see cref="DisableAsync"/>; ended sessions stay ended.</summary>
    public Task EnableAsync(string userName, CancellationToken cancellationToken = default) =>
        ChangeAsync(userName, state => state with { Disabled = false }, cancellationToken);

    /// <summary>
    /// Removes a user with their inbox and receipts, which the purge deletes within an hour, and ends all sessions. Messages sent to
    /// others stay with them, under the user's name, which is nobody else's until it is erased.
    /// </summary>
    public Task RemoveAsync(string userName, CancellationToken cancellationToken = default) =>
        RunAsync("removing a user", async work =>
        {
            var (state, version) = await ReadAsync(work, userName);
            await work.RemoveAsync(userName, version, state.AccountId);
        }, userName, cancellationToken);

    private Task ChangeAsync(string userName, Func<UserState, UserState> change, CancellationToken cancellationToken) =>
        RunAsync("changing a user", async work =>
        {
            var (state, version) = await ReadAsync(work, userName);
            await WriteAsync(work, userName, change(state), version);
        }, userName, cancellationToken);

    private static async Task WriteAsync(AccountTransaction work, string userName, UserState state, int version)
    {
        if (!await work.WriteAsync(userName, state, version))
            throw new InvalidOperationException("Another writer changed a locked row.");
    }

    private static async Task<(UserState State, int Version)> ReadAsync(AccountTransaction work, string userName)
    {
        var stored = await work.ReadAsync(userName) ?? throw new AccountException(AccountError.NoSuchUser, $"There is no user {userName}.");
        return (GrainStateFormat.Deserialize<UserState>(stored.Payload), stored.Version);
    }

    private async Task RunAsync(string operation, Func<AccountTransaction, Task> run, string userName, CancellationToken cancellationToken)
    {
        try
        {
            await using var work = await AccountTransaction.BeginAsync(source, cancellationToken);
            await run(work);
            await work.CommitAsync(userName);
        }
        catch (Exception exception) when (exception.IsStorageFailure())
        {
            throw Statements.Unavailable(operation, exception);
        }
    }

    private void RequirePassword(string userName, string password)
    {
        var fault = NewPassword.FaultOf(password, MinPasswordLength);
        Require(fault is null, AccountError.BadPassword, $"The password of {userName} {fault}.");
    }

    private static void RequireDisplayName(string name) =>
        Require(
            IsDisplayName(name), AccountError.BadDisplayName,
            $"The display name has no visible character, is longer than {MaxDisplayNameBytes} bytes, has white space around it, "
            + "or contains control characters or a text direction that stays open.");

    private static void Require(bool condition, AccountError error, string message)
    {
        if (!condition) throw new AccountException(error, message);
    }
}

/// <summary>An account to add, with its password in plain text.</summary>
public sealed record NewAccount(string UserName, string DisplayName, string Password)
{
    /// <summary>Leaves the password out, so that it does not reach logs.</summary>
    public override string ToString() => UserName;
}

/// <summary>An account as the admin commands show it.</summary>
/// <param name="UserName">The name that the user logs in with.</param>
/// <param name="DisplayName">The name that others see.</param>
/// <param name="Enabled">False while the account is disabled.</param>
/// <param name="Sessions">How many sessions are alive.</param>
public sealed record Account(string UserName, string DisplayName, bool Enabled, long Sessions);
