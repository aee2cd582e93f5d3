using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Gateway.Limits;
using OrleansChat.Hosting;
using OrleansChat.Hosting.Settings;
using OrleansChat.Silo;
using OrleansChat.Storage.Schema;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Hosting;

/// <summary>Starts that fail say in a line what is wrong.</summary>
public sealed class StartFailureTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    /// <summary>For documentation (RFC 5737): no machine has it.</summary>
    private const string Nowhere = "192.0.2.7";

    [Fact]
    public async Task An_address_that_this_machine_does_not_have_is_named() =>
        Assert.Equal(
            "192.0.2.7:8889 cannot be listened on: this machine has no such address.",
            await RefusalOf("--listen", $"{Nowhere}:8889"));

    [Fact]
    public async Task A_port_that_another_program_has_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        Assert.StartsWith(
            $"{other.LocalEndpoint} cannot be listened on: another program has it.",
            await RefusalOf("--listen", $"{other.LocalEndpoint}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_is_one_of_the_cluster_s()
    {
        Assert.Equal(
            "192.0.2.7:11111 cannot be listened on: this machine has no such address.",
            await RefusalOf("--listen", "none", "--cluster-address", Nowhere));

        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var (taken, free) = ($"{((IPEndPoint)other.LocalEndpoint).Port}", $"{FreePort()}");
        foreach (var (silo, gateway) in new[] { (taken, free), (free, taken) })
        {
            Assert.Contains($":{taken} cannot be listened on: another program has it.",
                await RefusalOf("--listen", "none", "--cluster-address", "127.0.0.1", "--silo-port", silo, "--gateway-port", gateway),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_database_that_takes_no_writes_is_named()
    {
        var settings = new NpgsqlConnectionStringBuilder(await PostgresFixture.CreateEmptyDatabaseAsync())
        {
            Options = "-c default_transaction_read_only=on",
        };
        Assert.StartsWith($"The database {settings.Database} takes no writes: ",
            await RefusalOf("--listen", "127.0.0.1:0", "--database", settings.ConnectionString), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statements_of_Orleans_s_that_someone_changed_are_named()
    {
        var changed = await PostgresFixture.CreateEmptyDatabaseAsync();
        await using (var source = NpgsqlDataSource.Create(changed))
        {
            await Migrator.MigrateAsync(source, default);
            await using var change = source.CreateCommand(
                "UPDATE orleansquery SET querytext = 'SELECT 1' WHERE querykey = 'ReadFromStorageKey'");
            Assert.Equal(1, await change.ExecuteNonQueryAsync());
        }
        Assert.Contains("does not hold the statements that the migrations put there: ReadFromStorageKey.",
            await RefusalOf("--listen", "127.0.0.1:0", "--database", changed), StringComparison.Ordinal);
    }

    [Fact]
    public void A_silo_has_its_watchers_and_leaves_itself_files()
    {
        using var app = ChatHost.Build(["--database", database.ConnectionString, "--listen", "127.0.0.1:0"]) as IDisposable;
        var services = ((IHost)app!).Services;
        var hosted = services.GetServices<IHostedService>().Select(service => service.GetType().Name).ToList();
        foreach (var name in new[] { "ClockWatch", "LimitLog", "StorageFormatCheck", "ConnectionWatch" }) Assert.Contains(name, hosted);
        Assert.IsType<BoundedTransport>(services.GetRequiredService<IConnectionListenerFactory>());
    }

    [Theory]
    [InlineData(SocketError.AccessDenied, "ports below 1024 need a right of their own")]
    [InlineData(SocketError.AddressFamilyNotSupported, "this machine does not speak that version of IP")]
    [InlineData(SocketError.TooManyOpenSockets, "127.0.0.1:80 cannot be listened on: Too many open files")]
    public void Whatever_keeps_a_port_closed_is_said(SocketError error, string expected) => Assert.Contains(
        expected, ListenAddress.Refusal(new IPEndPoint(IPAddress.Loopback, 80), new SocketException((int)error)).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task A_folder_is_not_a_certificate()
    {
        var folder = Path.GetTempPath();
        Assert.StartsWith($"The TLS certificate '{folder}' cannot be used: ",
            await RefusalOf("--listen", "none", "--tls-listen", "127.0.0.1:0", "--tls-certificate", folder), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_operator_was_told_is_repeated_however_deep_it_lies()
    {
        var told = new ConfigurationException("--x is wrong.");
        Assert.Equal("--x is wrong.", Explain(
            new InvalidOperationException("outer", new AggregateException(new TimeoutException(), told))));
    }

    [Fact]
    public void Each_other_cause_is_a_line()
    {
        Assert.Equal("The database cannot be used: Failed to connect: Connection refused", Explain(
            new InvalidOperationException("outer", new NpgsqlException("Failed to connect", new SocketException(111)))));
        Assert.Equal("The connection string of the database is malformed.", Explain(
            Assert.ThrowsAny<ArgumentException>(() => new NpgsqlConnectionStringBuilder("Nonsense=1"))));
        Assert.Equal("The settings cannot be read: Failed to load a.json: Not a number", Explain(
            new InvalidDataException("Failed to load a.json.", new FormatException("Not a number"))));
        Assert.Equal("The network cannot be used: Connection refused", Explain(new SocketException(111)));
        Assert.Equal("Startup was cancelled.", Explain(new OperationCanceledException()));
    }

    [Fact]
    public void A_defect_is_a_line_too_and_says_where_to_look()
    {
        var defect = Assert.Throws<InvalidOperationException>(Fail);
        Assert.Equal(
            $"The program cannot go on: outer: first (InvalidOperationException in {typeof(StartFailureTests).FullName}.{nameof(Fail)})",
            Explain(new AggregateException(new InvalidOperationException("outer", defect))));
    }

    [Fact]
    public async Task A_background_service_that_fails_ends_the_program_with_an_error()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHostedService<Failing>();
        Assert.Equal(1, await ChatProgram.RunAsync<object>(builder.Build, _ => false).WaitAsync(WireClient.Patience));
    }

    private static void Fail() => throw new InvalidOperationException("first\nsecond");

    private static string Explain(Exception failure) => StartFailure.Explain(failure, _ => false);

    private async Task<string> RefusalOf(params string[] arguments)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var app = ChatHost.Build(["--database", database.ConnectionString, .. arguments]);
            await app.StartAsync();
        });
        return StartFailure.Explain(failure, ChatHost.IsForOperator);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Failing : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("It failed.");
        }
    }
}
