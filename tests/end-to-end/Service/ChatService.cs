using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Limits;
using OrleansChat.Silo;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Service;

/// <summary>
/// The whole service in this process, on the host that the build chose, with a database of its own (<c>IClassFixture</c>).
/// </summary>
/// <remarks>It runs as a role with no more rights than it needs, as where it is deployed.</remarks>
public class ChatService : IAsyncLifetime
{
    /// <summary>Everybody's password.</summary>
    public const string Password = "surabaya";

    private readonly PostgresFixture _database = new();
    private readonly ConcurrentBag<WireClient> _clients = [];
    private readonly Lazy<Task<WireClient>> _common;
    private WebApplication? _app;
    private AccountStore _cheapAccounts = null!;
    private int _users;

    public ChatService() => _common = new(() => LogInAsync("messi"));

    /// <summary>Settings beside the usual ones.</summary>
    public string[] Arguments { get; init; } = [];

    /// <summary>Whether accounts and addresses may ask for everything, as a load does.</summary>
    public bool IsUnlimited { get; init; }

    /// <summary>How clients speak TLS with it; null for not at all.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>What each connection begins with.</summary>
    public ReadOnlyMemory<byte> Preamble { get; init; }

    /// <summary>Whether it serves HTTP too.</summary>
    public bool HasWeb { get; init; }

    /// <summary>Where it listens; another port after each start.</summary>
    public IPEndPoint EndPoint { get; private set; } = null!;

    /// <summary>The base of its HTTP API; null without one.</summary>
    public Uri? Web { get; private set; }

    /// <summary>What the service is made of.</summary>
    protected IServiceProvider Services => _app!.Services;

    /// <summary>How often a limit was reached since the start: see <see cref="LimitNames"/>.</summary>
    public long CountOf(string limit) => Services.GetRequiredService<LimitMetrics>().CountOf(limit);

    /// <summary>The stored grain states.</summary>
    internal GrainStateTable States => new(_database.DataSource);

    /// <summary>The admin commands, on the service's database.</summary>
    public AccountStore Accounts => _app!.Services.GetRequiredService<AccountStore>();

    /// <summary>Deletes what was received long ago, as the service does each minute.</summary>
    public MailboxPurge Purge => _app!.Services.GetRequiredService<MailboxPurge>();

    /// <summary>The grains, for what no door offers yet.</summary>
    public IChatGrains Grains => _app!.Services.GetRequiredService<IChatGrains>();

    /// <summary>The service's database, as its owner: for what only time would do.</summary>
    public NpgsqlDataSource Sql => _database.DataSource;

    /// <summary>A connection of messi's for all tests of a class, to see and to write to others from.</summary>
    public Task<WireClient> Common => _common.Value;

    /// <inheritdoc/>
    public virtual async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        await _database.CreateRolesAsync();
        _cheapAccounts = new AccountStore(_database.DataSource, new Passwords(iterations: 1));
        await StartAsync();
    }

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        await StopAsync();
        foreach (var client in _clients) client.Dispose();
        await _database.DisposeAsync();
    }

    /// <summary>Starts the service on the same database.</summary>
    public async Task StartAsync()
    {
        string[] arguments =
        [
            "--database", _database.ServiceConnectionString, "--migrate", "false",
            Tls is null ? "--listen" : "--tls-listen", "127.0.0.1:0", "--demo-users", "true",
            "--Logging:LogLevel:OrleansChat", "Warning", "--no-limits", IsUnlimited ? "true" : "false",
            .. HasWeb ? new[] { "--web-listen", "127.0.0.1:0" } : [], .. Arguments,
        ];
        _app = ChatHost.Build(arguments);
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        Assert.Equal(HasWeb ? 2 : 1, addresses.Count);
        EndPoint = new IPEndPoint(IPAddress.Loopback, new Uri(addresses[0]).Port);
        if (HasWeb) Web = new Uri($"http://127.0.0.1:{new Uri(addresses[1]).Port}/v1/");
    }

    /// <summary>Stops it in order, as a signal to the program does; nothing where it has stopped already.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is not { } app) return;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>Opens a connection, and keeps it open until the end, unless the test closes it.</summary>
    public Task<WireClient> ConnectAsync() => ConnectAsync(receiveBuffer: null);

    /// <summary>The same; its TCP takes no more bytes than the buffer holds before they are read.</summary>
    public async Task<WireClient> ConnectAsync(int? receiveBuffer)
    {
        var client = await WireClient.ConnectAsync(EndPoint, receiveBuffer, Tls, Preamble);
        _clients.Add(client);
        return client;
    }

    /// <summary>Opens a connection, and logs in on it.</summary>
    public async Task<WireClient> LogInAsync(string user) => await (await ConnectAsync()).LogInAsync(user, Password);

    /// <summary>
    /// Adds a user that no other test knows; returns the name. The display name is the same in capitals. The hash is cheap:
    /// the service hashes it again at the first login.
    /// </summary>
    public async Task<string> AddUserAsync(string role)
    {
        var name = $"{role}{Interlocked.Increment(ref _users)}";
        await _cheapAccounts.AddAsync(name, name.ToUpperInvariant(), Password);
        return name;
    }

    /// <summary>Erases a removed user, and lets the time pass after which the name can be given again.</summary>
    public async Task FreeNameAsync(string name)
    {
        await Accounts.EraseAsync(name);
        await using var command = Sql.CreateCommand("UPDATE erased_name SET free_at = now()");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Adds a user, and logs in on a connection of its own.</summary>
    public async Task<(string Name, WireClient Client)> EnterAsync(string role)
    {
        var name = await AddUserAsync(role);
        return (name, await LogInAsync(name));
    }
}

/// <summary>The service without limits of an address, an account or a mailbox.</summary>
public sealed class UnlimitedChatService : ChatService
{
    public UnlimitedChatService() => IsUnlimited = true;
}
