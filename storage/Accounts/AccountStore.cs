using System.Globalization;
using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Storage.Accounts;

/// <summary>
/// The admin commands on accounts. Each is one transaction on the rows that the grains keep: it works whether a host runs
/// or not, and the hosts are told of it by <see cref="IAccountChanges"/>. A session is refused from the commit on.
/// </summary>
/// <remarks>
/// Every method throws <see cref="AccountException"/> when it is refused, and <see cref="StorageUnavailableException"/> when
/// the database did not answer: it is then unknown whether it took effect, and it may be repeated.
/// </remarks>
public sealed class AccountStore(NpgsqlDataSource source, Passwords passwords)
{
    /// <summary>The greatest length of a display name, in bytes of UTF-8.</summary>
    public const int MaxDisplayNameBytes = DisplayName.MaxBytes;

    /// <summary>How many characters, as people count them, a new password has at least; those of before go on.</summary>
    public int MinPasswordLength { get; init; } = 1;

    /// <summary>
    /// Whether a text can be a display name: something to see, no white space around it, no controls, no direction left open, proper
    /// Unicode.
    /// </summary>
    public static bool IsDisplayName(string name) => DisplayName.IsValid(name);

    /// <summary>Adds a user.</summary>
    public async Task AddAsync(string userName, string displayName, string password, CancellationToken cancellationToken = default)
    {
        Require(UserName.IsValid(userName), AccountError.BadUserName, $"'{userName}' cannot be a user name: 1 to 32 of a-z 0-9 . _ -");
        RequireDisplayName(displayName);
        RequirePassword(userName, password);
        await RunAsync("adding a user", async work =>
        {
            var exists = $"The user {userName} exists already.";
            // Before a hash is paid for, as at each start with demonstration users.
            Require(await work.ReadAsync(userName) is null, AccountError.AlreadyExists, exists);
            var hash = await passwords.HashAsync(password, cancellationToken);
            var accountId = await work.ScalarAsync<long>("INSERT INTO mailbox_position DEFAULT VALUES RETURNING account_id");
            var state = new UserState
            {
                AccountId = accountId,
                DisplayName = displayName,
                PasswordHash = hash,
                SecurityStamp = Guid.NewGuid(),
            };
            Require(await work.WriteAsync(userName, state, null), AccountError.AlreadyExists, exists);
        }, userName, cancellationToken);
    }

    /// <summary>Adds many users, each in a transaction of its own. Who could not be added is in the answer, with the reason.</summary>
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

    /// <summary>All accounts, by name.</summary>
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

    /// <summary>Sets a new password; ends all sessions.</summary>
    public async Task SetPasswordAsync(string userName, string password, CancellationToken cancellationToken = default)
    {
        RequirePassword(userName, password);
        var hash = await passwords.HashAsync(password, cancellationToken);
        await ChangeAsync(userName, state => state with { PasswordHash = hash, SecurityStamp = Guid.NewGuid() }, cancellationToken);
    }

    /// <summary>Sets a new display name. Messages that were sent keep the old one.</summary>
    public Task RenameAsync(string userName, string displayName, CancellationToken cancellationToken = default)
    {
        RequireDisplayName(displayName);
        return ChangeAsync(userName, state => state with { DisplayName = displayName }, cancellationToken);
    }

    /// <summary>Treats a user as absent from now on, and ends all sessions; messages are kept.</summary>
    public Task DisableAsync(string userName, CancellationToken cancellationToken = default) =>
        ChangeAsync(userName, state => state with { Disabled = true, SecurityStamp = Guid.NewGuid() }, cancellationToken);

    /// <summary>Undoes <see cref="DisableAsync"/>; the sessions stay ended.</summary>
    public Task EnableAsync(string userName, CancellationToken cancellationToken = default) =>
        ChangeAsync(userName, state => state with { Disabled = false }, cancellationToken);

    /// <summary>Removes a user with mailbox and receipts, and ends all sessions. What the user sent to others stays with them.</summary>
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
            if (!await work.WriteAsync(userName, change(state), version))
                throw new InvalidOperationException("A locked row was changed by somebody else.");
        }, userName, cancellationToken);

    private static async Task<(UserState State, int Version)> ReadAsync(AccountTransaction work, string userName)
    {
        var stored = await work.ReadAsync(userName) ?? throw new AccountException(AccountError.NoSuchUser, $"There is no user {userName}.");
        return (GrainStateFormat.Deserialize<UserState>(stored.Payload), stored.Version);
    }

    private async Task RunAsync(string doing, Func<AccountTransaction, Task> run, string userName, CancellationToken cancellationToken)
    {
        try
        {
            await using var work = await AccountTransaction.BeginAsync(source, cancellationToken);
            await run(work);
            await work.CommitAsync(userName);
        }
        catch (Exception exception) when (exception.IsStorageFailure())
        {
            throw Statements.Unavailable(doing, exception);
        }
    }

    private void RequirePassword(string userName, string password)
    {
        Require(
            Passwords.IsValid(password), AccountError.BadPassword,
            $"The password of {userName} is empty, longer than {Passwords.MaxBytes} bytes or has white space.");
        // U+FFFD is what became of bytes that were not text: every other such byte would open the account. A byte order mark is not typed.
        Require(
            !password.AsSpan().ContainsAny('\uFFFD', '\uFEFF'), AccountError.BadPassword,
            $"The password of {userName} holds U+FFFD or a byte order mark: it was converted from another encoding.");
        Require(
            new StringInfo(password).LengthInTextElements >= MinPasswordLength, AccountError.BadPassword,
            $"The password of {userName} is shorter than {MinPasswordLength} characters.");
    }

    private static void RequireDisplayName(string name) =>
        Require(
            IsDisplayName(name), AccountError.BadDisplayName,
            $"The display name has nothing to see, is longer than {MaxDisplayNameBytes} bytes, has white space around it, "
            + "or holds controls of lines, of the terminal, or of a direction that stays open.");

    private static void Require(bool condition, AccountError error, string message)
    {
        if (!condition)
            throw new AccountException(error, message);
    }
}

/// <summary>An account to add.</summary>
public sealed record NewAccount(string UserName, string DisplayName, string Password)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => UserName;
}

/// <summary>An account as the admin commands show it.</summary>
/// <param name="UserName">The user's name.</param>
/// <param name="DisplayName">The name that is shown.</param>
/// <param name="Enabled">False while it is disabled.</param>
/// <param name="Sessions">How many sessions are alive.</param>
public sealed record Account(string UserName, string DisplayName, bool Enabled, long Sessions);
