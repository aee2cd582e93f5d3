using Npgsql;
using OrleansChat.Admin;
using OrleansChat.GatewayProgram;
using OrleansChat.Hosting;
using OrleansChat.Silo.Settings;

namespace OrleansChat.Deployment.Tests;

/// <summary>The programs understand what docker-compose.yml tells them.</summary>
public sealed class ProgramSettingsTests
{
    private const string Password = ProgramSettings.Password;

    private readonly ComposeFile _compose = ComposeFile.Read();

    [Fact]
    public void Silos_are_members_of_the_cluster_under_their_own_names_on_a_schema_that_is_migrated_already()
    {
        var silos = _compose.BuiltFrom("silo").ToArray();
        Assert.Equal(2, silos.Length);
        foreach (var (name, service) in silos)
        {
            var options = ProgramSettings.Read<ChatOptions>(service.Environment);
            Assert.Equal(name, options.Cluster.Address);
            Assert.Null(options.Gateway.ListenEndPoint);
            Assert.False(options.Storage.Migrate);
            Assert.False(options.Accounts.DemoUsers);
        }
    }

    [Fact]
    public void Gateways_listen_on_every_address_of_their_container_for_the_load_balancer()
    {
        var gateways = _compose.BuiltFrom("gateway").ToArray();
        Assert.Equal(2, gateways.Length);
        foreach (var (_, service) in gateways)
        {
            var options = ProgramSettings.Read<GatewayProgramOptions>(service.Environment);
            Assert.All(options.Gateway.EndPoints, endPoint => Assert.Equal(System.Net.IPAddress.Any, endPoint.Address));
            Assert.Equal([8889, 8080], options.Gateway.EndPoints.Select(endPoint => endPoint.Port));
            Assert.Empty(options.Gateway.Web.OriginList);
            // HAProxy's network, and none of its others.
            Assert.Equal(Assert.Single(_compose.Networks["edge"].Ipam.Config).Cidr, options.Gateway.Proxies.Trusted);
        }
    }

    [Fact]
    public void With_TLS_the_gateways_listen_for_it_too_and_leave_that_of_HTTP_to_the_load_balancer()
    {
        var tls = ComposeFile.Read("docker-compose.tls.yml");
        foreach (var (name, service) in _compose.BuiltFrom("gateway"))
        {
            var environment = new Dictionary<string, string>(service.Environment.Concat(tls.Services[name].Environment));
            var options = ProgramSettings.Read<GatewayProgramOptions>(environment).Gateway;
            Assert.Equal(8890, options.Tls.EndPoint!.Port);
            Assert.Null(options.Web.TlsEndPoint);
        }
    }

    [Fact]
    public void The_migrator_is_a_command_of_the_admin_program_and_finds_the_database_where_that_looks()
    {
        var (_, service) = Assert.Single(_compose.BuiltFrom("admin"));
        Assert.Empty(AdminCommands.Create().Parse(service.Command).Errors);
        Assert.Equal([DatabaseSettings.Database], service.Environment.Keys);
    }

    [Fact]
    public void Every_program_reaches_the_one_database_under_the_role_of_its_kind_by_a_connection_string_without_a_password()
    {
        var postgres = _compose.Services["postgres"];
        var migrate = _compose.Services["migrate"];
        var roles = new Dictionary<string, string>
        {
            ["admin"] = postgres.Environment["POSTGRES_USER"],
            ["silo"] = migrate.After("--service-role"),
            ["gateway"] = migrate.After("--gateway-role"),
        };
        Assert.Equal(3, roles.Values.Distinct().Count());
        foreach (var (_, service) in _compose.Services.Where(s => s.Value.Build is not null))
        {
            var settings = new NpgsqlConnectionStringBuilder(service.Environment[DatabaseSettings.Database]);
            Assert.Equal("postgres", settings.Host);
            Assert.Equal(roles[service.Build!.Target], settings.Username);
            Assert.Equal(postgres.Environment["POSTGRES_DB"], settings.Database);
            Assert.Null(settings.Password);
            // The image lacks the library that Npgsql would load to find out.
            Assert.Equal(GssEncryptionMode.Disable, settings.GssEncryptionMode);
        }
    }

    [Fact]
    public void Passwords_are_files_named_like_their_settings_and_each_is_read_by_those_alone_whose_role_it_is()
    {
        Assert.Equal(Password, DatabaseSettings.Password);
        Assert.Equal($"/run/secrets/{Password}", _compose.Services["postgres"].Environment["POSTGRES_PASSWORD_FILE"]);
        foreach (var (name, service) in _compose.Services)
        {
            Assert.Equal(
                service.Build?.Target switch
                {
                    "silo" => new() { [Password] = DatabaseSettings.ServicePassword },
                    "gateway" => new() { [Password] = DatabaseSettings.GatewayPassword },
                    "admin" => new()
                    {
                        [Password] = Password,
                        [DatabaseSettings.ServicePassword] = DatabaseSettings.ServicePassword,
                        [DatabaseSettings.GatewayPassword] = DatabaseSettings.GatewayPassword,
                    },
                    _ when name == "postgres" => new() { [Password] = Password },
                    _ => new Dictionary<string, string>(),
                },
                service.SecretFiles);
            Assert.DoesNotContain(service.Environment.Keys, key => key.EndsWith("PASSWORD", StringComparison.OrdinalIgnoreCase));
        }
        Assert.Equal(
            new Dictionary<string, string>
            {
                [Password] = "./deploy/secrets/database-password",
                [DatabaseSettings.ServicePassword] = "./deploy/secrets/service-password",
                [DatabaseSettings.GatewayPassword] = "./deploy/secrets/gateway-password",
            },
            _compose.Secrets.ToDictionary(secret => secret.Key, secret => secret.Value.File));
        Assert.Contains("secrets/", Checkout.ReadLines("deploy/.gitignore"));
    }

    [Fact]
    public void A_container_is_given_more_time_to_stop_than_a_program_takes_to_drain()
    {
        foreach (var (name, service) in _compose.Services.Where(s => s.Value.Build is not null))
            Assert.True(service.StopsWithin >= ChatProgram.DrainTimeout + TimeSpan.FromSeconds(5), name);
    }
}
