using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;
using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Variants;

namespace OrleansChat.Verification.Processes;

/// <summary>PostgreSQL, silos and gateways on this machine, one process each, with a database of their own.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    private const string DatabaseName = "orleanschat", Loopback = "127.0.0.1";
    private const int PooledConnections = 72, MostPooled = 20;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    private readonly LocalService _service;
    private readonly Member _postgres;
    private readonly List<Member> _members = [];

    private Deployment(LocalService service)
    {
        _service = service;
        ConnectionString = new NpgsqlConnectionStringBuilder(service.Database) { Database = DatabaseName }.ConnectionString;
        _postgres = Make("postgres", ProcessKind.Postgres, service.PostgresProgram, "database system is ready to accept connections");
        var pool = Math.Min(MostPooled, PooledConnections / Math.Max(1, service.Silos));
        string[] database = [$"{ConnectionString};Maximum Pool Size={pool}"];
        if (service.Silos == 0)
        {
            AddGateway("process", ProcessKind.Process, service.SiloProgram, database[0]);
            return;
        }
        for (var i = 1; i <= service.Silos; i++)
            _members.Add(Make($"silo-{i}", ProcessKind.Silo, service.SiloProgram, "runs, without clients", database[0],
                "--listen", "none", "--cluster-address", Loopback,
                "--silo-port", Text(Ports.Free()), "--gateway-port", Text(Ports.Free())));
        for (var i = 1; i <= service.Gateways; i++) AddGateway($"gateway-{i}", ProcessKind.Gateway, service.GatewayProgram, database[0]);
    }

    /// <summary>The connection string for looking into the service's database.</summary>
    public string ConnectionString { get; }

    /// <summary>All processes, PostgreSQL first.</summary>
    public IReadOnlyList<Member> Members => [_postgres, .. _members];

    /// <summary>The addresses for clients; each gateway keeps its address.</summary>
    public List<EndPoint> Gateways { get; } = [];

    /// <summary>The addresses of the HTTP doors of the same gateways, in the same order.</summary>
    public List<EndPoint> WebGateways { get; } = [];

    /// <summary>Starts everything, and adds users, each with their own password.</summary>
    public static async Task<(Deployment Deployment, IReadOnlyList<ChatUser> Users)> StartAsync(
        LocalService service, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(service.LogFolder);
        var deployment = new Deployment(service);
        try
        {
            return (deployment, await deployment.StartAsync(names, cancellationToken).WaitAsync(StartTimeout, cancellationToken));
        }
        catch (Exception exception)
        {
            await deployment.DisposeAsync();
            throw exception is TimeoutException
                ? new VerifyException($"the service did not start in time: see {service.LogFolder}", exception)
                : exception;
        }
    }

    /// <summary>The processes of a kind.</summary>
    public IReadOnlyList<Member> Of(ProcessKind kind) => [.. Members.Where(member => member.Kind == kind)];

    /// <summary>Waits until all processes run.</summary>
    public async Task UpAsync(CancellationToken cancellationToken)
    {
        foreach (var member in Members) await member.UpAsync(cancellationToken);
    }

    /// <summary>The number of a process as a gateway for clients; null if it serves none.</summary>
    public int? GatewayOf(Member member)
    {
        var place = _members.Where(other => other.Kind is ProcessKind.Process or ProcessKind.Gateway).ToList().IndexOf(member);
        return place < 0 ? null : place;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var group in _members.GroupBy(member => member.Kind).OrderByDescending(group => group.Key))
            await Task.WhenAll(group.Select(member => member.DisposeAsync().AsTask()));
        await _postgres.DisposeAsync();
    }

    private async Task<IReadOnlyList<ChatUser>> StartAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        _postgres.Start();
        await _postgres.UpAsync(cancellationToken);
        await using (var server = NpgsqlDataSource.Create(_service.Database))
        await using (var create = server.CreateCommand($"CREATE DATABASE {DatabaseName}"))
            await create.ExecuteNonQueryAsync(cancellationToken);
        await using var database = new Database(new StorageOptions { ConnectionString = ConnectionString }, NullLogger<Database>.Instance);
        await Migrator.MigrateAsync(database.DataSource, cancellationToken);
        List<ChatUser> users = [.. names.Select(name => new ChatUser(name, Convert.ToHexString(RandomNumberGenerator.GetBytes(12))))];
        var refusals = await new AccountStore(database.DataSource, new Passwords()).AddManyAsync(
            users.Select(user => new NewAccount(user.Name, user.Name.ToUpperInvariant(), user.Password)), cancellationToken);
        if (refusals.Count > 0) throw new VerifyException($"a user could not be added: {refusals[0].Refusal.Message}");
        foreach (var member in _members) member.Start();
        await UpAsync(cancellationToken);
        return users;
    }

    private void AddGateway(string name, ProcessKind kind, string program, string database)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, Ports.Free());
        Gateways.Add(endPoint);
        string[] arguments = ["--listen", endPoint.ToString()];
        if (_service.HasWeb)
        {
            var web = new IPEndPoint(IPAddress.Loopback, Ports.Free());
            WebGateways.Add(web);
            arguments = [.. arguments, "--web-listen", web.ToString()];
        }
        _members.Add(Make(name, kind, program, "listens on", database, arguments));
    }

    private Member Make(
        string name, ProcessKind kind, string program, string saysWhenReady, string? database = null, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.Environment.Clear();
        if (database is not null)
        {
            start.Environment["Chat__Database"] = database;
            foreach (var (setting, value) in LimitsOf(_service.SendsPerSecond)) start.Environment[setting] = value;
        }
        if (_service.Broken is { } broken) start.Environment[VariantServices.Variable] = broken.ToString();
        return new Member(name, kind, _service.LogFolder, start, output => output.Contains(saysWhenReady, StringComparison.Ordinal));
    }

    /// <summary>The clients write as fast as they can, and try invalid tokens.</summary>
    private static Dictionary<string, string> LimitsOf(int sendsPerSecond) => sendsPerSecond == 0
        ? new() { ["Chat__Limits__NoLimits"] = "true" }
        : new()
        {
            ["Chat__Accounts__SendsPerSecond"] = Text(sendsPerSecond),
            ["Chat__Limits__LinesPerSecond"] = Text(int.MaxValue),
            ["Chat__Limits__AttemptsPerMinute"] = Text(1_000_000),
        };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
