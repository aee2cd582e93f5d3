using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

/// <summary>A database with a mailbox, and accounts and sessions made by hand.</summary>
public sealed class MailboxWorld : IAsyncLifetime
{
    private PostgresFixture _postgres = null!;
    private int _sessions;

    /// <summary>As <see cref="PostgresFixture.Server"/>.</summary>
    public string? Server { get; init; }

    /// <summary>As <see cref="PostgresFixture.Before"/>.</summary>
    public Func<NpgsqlDataSource, Task>? Before { get; init; }

    /// <summary>What the service's connection string says beside that.</summary>
    public string Settings { get; init; } = "";

    public Database Database { get; private set; } = null!;
    internal GrainStateTable States { get; private set; } = null!;
    public Mailbox Mailbox { get; private set; } = null!;
    public NpgsqlDataSource Sql => _postgres.DataSource;
    public StorageOptions Options { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _postgres = new PostgresFixture { Server = Server, Before = Before };
        await _postgres.InitializeAsync();
        Options = new StorageOptions { ConnectionString = $"{_postgres.ConnectionString};{Settings}" };
        Database = new Database(Options, NullLogger<Database>.Instance);
        States = new GrainStateTable(Database.DataSource);
        Mailbox = NewMailbox();
    }

    public async Task DisposeAsync()
    {
        await Mailbox.DisposeAsync();
        await Database.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>A mailbox as another process has it.</summary>
    public Mailbox NewMailbox(int writers = 1) =>
        new(Database, Options with { MailboxWriters = writers }, TimeProvider.System, NullLogger<Mailbox>.Instance);

    /// <summary>A new account; its number.</summary>
    public async Task<long> AddUserAsync(string name)
    {
        var ids = await Sql.QueryAsync("test", "INSERT INTO log DEFAULT VALUES RETURNING log_id", [], r => r.GetInt64(0));
        var user = new UserState { AccountId = ids[0], DisplayName = name.ToUpperInvariant(), SecurityStamp = Stamp(ids[0]) };
        await States.WriteAsync(GrainKeys.UserStateName, GrainKeys.ForUser(name), JsonSerializer.SerializeToUtf8Bytes(user), null, default);
        return ids[0];
    }

    /// <summary>A new session of a user; its key.</summary>
    public async Task<string> LogInAsync(string name, long accountId)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"s:{Interlocked.Increment(ref _sessions)}");
        var session = new SessionState { User = name, AccountId = accountId, SecurityStamp = Stamp(accountId) };
        await States.WriteAsync(GrainKeys.SessionStateName, key, JsonSerializer.SerializeToUtf8Bytes(session), null, default);
        return key;
    }

    public Task LogOutAsync(string session) => States.DeleteAsync(GrainKeys.SessionStateName, session, 1, default);

    /// <summary>The texts of a mailbox's rows, in the order of their numbers, which are shown to have no gap.</summary>
    public async Task<List<string>> ReadAllAsync(long accountId)
    {
        var rows = await Sql.QueryAsync(
            "test", "SELECT number, convert_from(body, 'UTF8') FROM message WHERE log_id = $1 ORDER BY number", [accountId],
            r => (Number: r.GetInt64(0), Text: r.GetString(1)));
        Assert.Equal(Enumerable.Range(1, rows.Count).Select(i => (long)i), rows.Select(row => row.Number));
        return rows.ConvertAll(row => row.Text);
    }

    public static NewMessage Message(string text, string? onceId = null, Guid? id = null) =>
        new(id ?? MessageId.New(TimeProvider.System.GetUtcNow()), Encoding.UTF8.GetBytes(text), onceId);

    public static MailboxGroup Group(long to, long number, string session, params NewMessage[] messages) =>
        new(to, number, session, messages);

    private static Guid Stamp(long accountId) => new((int)accountId, 0, 0, new byte[8]);
}

/// <summary>Appends, for tests that ask only what became of a group.</summary>
internal static class Appending
{
    public static async Task<AppendResult> AppendAsync(this Mailbox mailbox, MailboxGroup group) =>
        (await mailbox.StoreAsync(group)).Result;

    public static async Task<AppendResult> AppendAsync(this MailboxWriter writer, MailboxGroup group) =>
        (await writer.StoreAsync(group)).Result;
}
