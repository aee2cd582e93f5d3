using Microsoft.Extensions.Configuration;
using Npgsql;
using OrleansChat.Admin;
using OrleansChat.Gateway;
using OrleansChat.Gateway.Hosting;
using OrleansChat.Silo;

namespace OrleansChat.Deployment.Tests;

/// <summary>The programs understand what docker-compose.yml tells them.</summary>
public sealed class ProgramSettingsTests
{
    private const string Password = $"{ChatConfiguration.Section}__{nameof(GatewayOptions.DatabasePassword)}";

    private readonly ComposeFile _compose = ComposeFile.Read();

    [Fact]
    public void Silos_are_members_of_the_cluster_under_their_own_names_on_a_schema_that_is_migrated_already()
    {
        var silos = _compose.BuiltFrom("silo").ToArray();
        Assert.Equal(2, silos.Length);
        foreach (var (name, service) in silos)
        {
            var options = Read<ChatOptions>(service);
            Assert.Equal(name, options.ClusterAddress);
            Assert.Null(options.ListenEndPoint);
            Assert.False(options.Migrate);
            Assert.False(options.DemoUsers);
        }
    }

    [Fact]
    public void Gateways_listen_on_every_address_of_their_container_for_the_load_balancer()
    {
        var gateways = _compose.BuiltFrom("gateway").ToArray();
        Assert.Equal(2, gateways.Length);
        foreach (var (_, service) in gateways)
        {
            var options = Read<GatewayOptions>(service);
            Assert.Equal(System.Net.IPAddress.Any, options.ListenEndPoint!.Address);
            // HAProxy's network, and none of its others.
            Assert.Equal(Assert.Single(_compose.Networks["edge"].Ipam.Config).Cidr, options.TrustedProxies);
        }
    }

    [Fact]
    public void The_migrator_is_a_command_of_the_admin_program_and_finds_the_database_where_that_looks()
    {
        var (_, service) = Assert.Single(_compose.BuiltFrom("admin"));
        Assert.Empty(AdminCommands.Create().Parse(service.Command).Errors);
        Assert.Equal([DatabaseSettings.Database], service.Environment.Keys);
        Assert.Equal(DatabaseSettings.Password, Assert.Single(service.Secrets));
    }

    [Fact]
    public void Every_program_reaches_the_one_database_by_a_connection_string_without_a_password()
    {
        var postgres = _compose.Services["postgres"];
        foreach (var (_, service) in _compose.Services.Where(s => s.Value.Build is not null))
        {
            var settings = new NpgsqlConnectionStringBuilder(service.Environment[DatabaseSettings.Database]);
            Assert.Equal("postgres", settings.Host);
            Assert.Equal(postgres.Environment["POSTGRES_USER"], settings.Username);
            Assert.Equal(postgres.Environment["POSTGRES_DB"], settings.Database);
            Assert.Null(settings.Password);
            // The image lacks the library that Npgsql would load to find out.
            Assert.Equal(GssEncryptionMode.Disable, settings.GssEncryptionMode);
        }
    }

    [Fact]
    public void The_password_is_a_file_named_like_its_setting_that_only_those_read_who_need_it()
    {
        var (name, secret) = Assert.Single(_compose.Secrets);
        Assert.Equal(Password, name);
        Assert.Equal(DatabaseSettings.Password, name);
        Assert.Equal($"/run/secrets/{name}", _compose.Services["postgres"].Environment["POSTGRES_PASSWORD_FILE"]);
        foreach (var (service, definition) in _compose.Services)
        {
            Assert.Equal(service == "load-balancer" ? [] : [name], definition.Secrets);
            Assert.DoesNotContain(definition.Environment.Keys, key => key.EndsWith("PASSWORD", StringComparison.OrdinalIgnoreCase));
        }
        Assert.Equal("./deploy/secrets/database-password", secret.File);
        Assert.Contains("secrets/", Checkout.ReadLines("deploy/.gitignore"));
    }

    [Fact]
    public void A_container_is_given_more_time_to_stop_than_a_program_takes_to_drain()
    {
        foreach (var (name, service) in _compose.Services.Where(s => s.Value.Build is not null))
            Assert.True(service.StopsWithin >= GatewayHosting.DrainTimeout + TimeSpan.FromSeconds(5), name);
    }

    // As the program reads them; a name that is no setting is an error.
    private static TOptions Read<TOptions>(ComposeFile.Service service) where TOptions : GatewayOptions, new()
    {
        var values = service.Environment.ToDictionary(e => e.Key.Replace("__", ":", StringComparison.Ordinal), e => (string?)e.Value);
        Assert.All(values.Keys, key => Assert.StartsWith($"{ChatConfiguration.Section}:", key, StringComparison.Ordinal));
        var options = ChatConfiguration.Read<TOptions>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        options.Check();
        return options;
    }
}
