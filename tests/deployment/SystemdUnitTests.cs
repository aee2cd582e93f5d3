using Npgsql;
using OrleansChat.Admin;
using OrleansChat.GatewayProgram;
using OrleansChat.Hosting;
using OrleansChat.Silo.Settings;

namespace OrleansChat.Deployment.Tests;

/// <summary>
/// The units of systemd start the programs that there are, with settings that these understand, and with no rights to spare.
/// </summary>
public sealed class SystemdUnitTests
{
    private static readonly SystemdUnit Silo = SystemdUnit.Read("orleanschat.service");
    private static readonly SystemdUnit Gateway = SystemdUnit.Read("orleanschat-gateway.service");
    private static readonly SystemdUnit Migrate = SystemdUnit.Read("orleanschat-migrate.service");

    private static readonly Dictionary<string, string> Confinement = new()
    {
        ["DynamicUser"] = "yes",
        ["UMask"] = "0077",
        ["NoNewPrivileges"] = "yes",
        ["CapabilityBoundingSet"] = "",
        ["ProtectSystem"] = "strict",
        ["ProtectHome"] = "yes",
        ["ProtectProc"] = "invisible",
        ["ProtectClock"] = "yes",
        ["ProtectControlGroups"] = "yes",
        ["ProtectHostname"] = "yes",
        ["ProtectKernelLogs"] = "yes",
        ["ProtectKernelModules"] = "yes",
        ["ProtectKernelTunables"] = "yes",
        ["PrivateDevices"] = "yes",
        ["PrivateTmp"] = "yes",
        ["PrivateUsers"] = "yes",
        ["RemoveIPC"] = "yes",
        ["LockPersonality"] = "yes",
        ["RestrictAddressFamilies"] = "AF_INET AF_INET6 AF_UNIX",
        ["RestrictNamespaces"] = "yes",
        ["RestrictRealtime"] = "yes",
        ["RestrictSUIDSGID"] = "yes",
        ["SystemCallArchitectures"] = "native",
        ["SystemCallFilter"] = "@system-service",
        ["SystemCallErrorNumber"] = "EPERM",
    };

    // What keeps .NET from starting: it compiles while it runs, and asks /proc for memory and processors.
    private static readonly string[] Fatal = ["MemoryDenyWriteExecute", "ProcSubset"];

    public static TheoryData<string> Names => [.. SystemdUnit.All.Select(unit => unit.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_unit_is_confined(string name)
    {
        var unit = SystemdUnit.Read(name);
        foreach (var (setting, value) in Confinement) Assert.Equal((setting, value), (setting, Assert.Single(unit[setting])));
        Assert.All(Fatal, setting => Assert.Empty(unit[setting]));
        Assert.All(new[] { "User", "AmbientCapabilities", "ReadWritePaths", "StateDirectory" }, setting => Assert.Empty(unit[setting]));
    }

    [Fact]
    public void Each_unit_starts_a_program_that_is_built()
    {
        foreach (var (unit, folder) in new[] { (Silo, "silo"), (Gateway, "gateway-program"), (Migrate, "admin") })
            Assert.Equal($"/opt/orleanschat/{folder.Split('-')[0]}/{Checkout.ProgramOf(folder)}", unit.Command[0]);
        Assert.Equal(3, SystemdUnit.All.Count());
    }

    [Fact]
    public void The_programs_understand_their_settings()
    {
        var silo = ProgramSettings.Read<ChatOptions>(Silo.Environment);
        Assert.False(silo.Storage.Migrate);
        Assert.False(silo.Cluster.IsMember);
        var gateway = ProgramSettings.Read<GatewayProgramOptions>(Gateway.Environment);
        Assert.All(new[] { silo.Gateway, gateway.Gateway }, options => Assert.Equal(
            ["127.0.0.1:8889", "127.0.0.1:8080"], options.EndPoints.Select(endPoint => endPoint.ToString())));
        Assert.Equal([DatabaseSettings.Database], Migrate.Environment.Keys);
        Assert.Empty(AdminCommands.Create().Parse(Migrate.Command[1..]).Errors);
        Assert.All(new[] { Silo, Gateway }, unit => Assert.Single(unit.Command));
    }

    [Fact]
    public void A_silo_of_a_cluster_opens_nothing_for_clients_with_the_settings_that_the_documents_name()
    {
        const string Settings = "`Chat__Cluster__Address`, `Chat__Listen=none` and an empty `Chat__Web__Listen=`";
        Assert.Contains(Settings, Checkout.Read("docs/operating/deployment.md"), StringComparison.Ordinal);
        var environment = Silo.Environment;
        environment["Chat__Cluster__Address"] = "10.0.0.11";
        (environment["Chat__Listen"], environment["Chat__Web__Listen"]) = ("none", "");
        Assert.Empty(ProgramSettings.Read<ChatOptions>(environment).Gateway.EndPoints);
    }

    [Fact]
    public void Each_logs_in_under_its_own_role_with_a_password_from_a_credential_named_like_the_setting()
    {
        var files = new HashSet<string>();
        var roles = new HashSet<string>();
        foreach (var unit in SystemdUnit.All)
        {
            var settings = new NpgsqlConnectionStringBuilder(unit.Environment[DatabaseSettings.Database]);
            Assert.Null(settings.Password);
            Assert.Equal("orleanschat", settings.Database);
            Assert.True(roles.Add(settings.Username!), unit.Name);
            var (name, file) = Assert.Single(unit.Credentials);
            Assert.Equal(ProgramSettings.Password, name);
            Assert.Equal(DatabaseSettings.Password, name);
            Assert.True(files.Add(file), unit.Name);
        }
        var service = new NpgsqlConnectionStringBuilder(Silo.Environment[DatabaseSettings.Database]).Username;
        Assert.Equal(["migrate", "--wait", "--service-role", service!], Migrate.Command[1..]);
    }

    [Fact]
    public void The_schema_is_up_to_date_before_the_silo_starts()
    {
        Assert.Equal(("oneshot", "yes"), (Migrate["Type"].Single(), Migrate["RemainAfterExit"].Single()));
        Assert.Equal(Silo.Name, Assert.Single(Migrate["Before"]));
        Assert.Equal(Silo.Name, Assert.Single(Migrate["RequiredBy"]));
        Assert.All(SystemdUnit.All, unit => Assert.Contains("postgresql.service", unit["After"].Single().Split(' ')));
    }

    [Fact]
    public void A_program_that_fails_is_started_again_and_one_that_stops_may_drain()
    {
        foreach (var unit in SystemdUnit.All)
        {
            Assert.Equal("on-failure", unit["Restart"].Single());
            // systemd gives up at the sixth start within ten seconds.
            Assert.True(int.Parse(unit["RestartSec"].Single(), System.Globalization.CultureInfo.InvariantCulture) > 2);
        }
        foreach (var unit in new[] { Silo, Gateway })
        {
            Assert.Equal("exec", unit["Type"].Single());
            var seconds = int.Parse(unit["TimeoutStopSec"].Single(), System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(TimeSpan.FromSeconds(seconds) >= ChatProgram.DrainTimeout + TimeSpan.FromSeconds(5));
            Assert.Equal("65536", unit["LimitNOFILE"].Single());
        }
    }
}
