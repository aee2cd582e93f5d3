using Microsoft.Extensions.Configuration;
using OrleansChat.GatewayProgram;
using OrleansChat.Hosting.Settings;
using OrleansChat.Silo.Settings;

namespace OrleansChat.Deployment.Tests;

/// <summary>What settings are called, now and before they had sections.</summary>
public sealed class SettingNamesTests
{
    /// <summary>All names from before, each with a value that is not the default. Not to be changed.</summary>
    private static readonly Dictionary<string, string> Old = new()
    {
        ["Database"] = "Host=h",
        ["DatabasePassword"] = "hidden",
        ["Listen"] = "127.0.0.1:1",
        ["SharedListen"] = "127.0.0.1:2",
        ["TlsListen"] = "127.0.0.1:3",
        ["TlsCertificate"] = "certificate.pem",
        ["TlsKey"] = "key.pem",
        ["TlsKeyPassword"] = "hidden",
        ["BehindProxy"] = "true",
        ["TrustedProxies"] = "10.0.0.0/8",
        ["NoLimits"] = "true",
        ["MaxConnections"] = "7",
        ["MaxConnectionsPerAddress"] = "7",
        ["AttemptsPerMinute"] = "7",
        ["LinesPerSecond"] = "7",
        ["LineTimeout"] = "7s",
        ["IdleTimeout"] = "7s",
        ["MaxLineBytes"] = "2000",
        ["MaxPipelinedSends"] = "7",
        ["SlowReaderTimeout"] = "7s",
        ["MaxWaitingBytes"] = "2000000",
        ["MaxCallsInFlight"] = "7",
        ["ClusterAddress"] = "127.0.0.1",
        ["SiloPort"] = "7",
        ["GatewayPort"] = "8",
        ["Migrate"] = "false",
        ["DemoUsers"] = "true",
        ["SessionIdleTimeout"] = "7h",
        ["GrainIdleTimeout"] = "7m",
        ["MailboxWriters"] = "7",
        ["SendsPerSecond"] = "7",
        ["MaxUnread"] = "7",
        ["MaxUnreadOfSender"] = "7",
        ["WrongPasswords"] = "7",
        ["PasswordHashes"] = "7",
    };

    [Fact]
    public void Every_name_from_before_there_were_sections_still_works()
    {
        var options = ProgramSettings.Read<ChatOptions>(Old.ToDictionary(setting => $"Chat__{setting.Key}", setting => setting.Value));
        Assert.Equal(Old, Setting.Of(options).Where(s => Old.ContainsKey(NameOf(s))).ToDictionary(NameOf, s => s.Value));
    }

    [Fact]
    public void So_does_every_name_in_its_section()
    {
        var keys = Setting.Of(new ChatOptions()).Where(s => Old.ContainsKey(NameOf(s))).ToDictionary(s => s.Variable, s => Old[NameOf(s)]);
        Assert.Equal(Old, Setting.Of(ProgramSettings.Read<ChatOptions>(keys)).Where(s => Old.ContainsKey(NameOf(s)))
            .ToDictionary(NameOf, s => s.Value));
        Assert.Contains("Chat__Tls__Listen", keys.Keys);
    }

    [Fact]
    public void So_does_every_argument_which_a_password_has_not()
    {
        var words = Old.Where(setting => !setting.Key.EndsWith("Password", StringComparison.Ordinal))
            .ToDictionary(setting => setting.Key, setting => setting.Value);
        string[] arguments = [.. Setting.Of(new ChatOptions()).Where(s => words.ContainsKey(NameOf(s)))
            .Select(s => $"{s.Argument}={words[NameOf(s)]}")];
        Assert.Contains("--tls-listen=127.0.0.1:3", arguments);
        Assert.Equal(words, Setting.Of(Read(arguments)).Where(s => words.ContainsKey(NameOf(s))).ToDictionary(NameOf, s => s.Value));
    }

    [Fact]
    public void An_argument_wins_over_a_variable_of_either_name()
    {
        foreach (var key in new[] { "Chat:Limits:MaxConnections", "Chat:MaxConnections" })
        {
            var options = Read(["--database", "Host=h", "--max-connections", "2"], new() { [key] = "1" });
            Assert.Equal(2, options.Gateway.Limits.MaxConnections);
        }
    }

    [Fact]
    public void Both_names_of_a_setting_in_one_source_must_agree()
    {
        var both = new Dictionary<string, string>
        {
            ["Chat__Database"] = "Host=h",
            ["Chat__Tls__KeyPassword"] = "hidden",
            ["Chat__TlsKeyPassword"] = "hidden too",
        };
        var refusal = Assert.Throws<ConfigurationException>(() => ProgramSettings.Read<ChatOptions>(both));
        Assert.Equal("Chat:Tls:KeyPassword and Chat:TlsKeyPassword, its older name, have different values: set the first one only.",
            refusal.Message);

        both["Chat__TlsKeyPassword"] = "hidden";
        Assert.Equal("hidden", ProgramSettings.Read<ChatOptions>(both).Gateway.Tls.KeyPassword);
    }

    [Fact]
    public void No_two_settings_share_a_name()
    {
        var settings = Setting.Of(new ChatOptions()).ToList();
        Assert.Equal(settings.Count, settings.Select(s => s.Argument).Distinct().Count());
        Assert.Empty(settings.Select(s => s.FlatKey).Intersect(settings.Where(s => s.Key != s.FlatKey).Select(s => s.Key)));
    }

    [Fact]
    public void A_gateway_has_settings_of_a_silo_s_under_the_same_names()
    {
        var silo = Setting.Of(new ChatOptions()).Select(s => s.Key).ToList();
        Assert.All(Setting.Of(new GatewayProgramOptions()), setting => Assert.Contains(setting.Key, silo));
        Assert.Throws<ConfigurationException>(
            () => ProgramSettings.Read<GatewayProgramOptions>(new() { ["Chat__Database"] = "Host=h", ["Chat__Migrate"] = "false" }));
    }

    private static string NameOf(Setting setting) => setting.FlatKey.Split(':')[1];

    private static ChatOptions Read(string[] arguments, Dictionary<string, string?>? before = null)
    {
        var configuration = new ConfigurationBuilder();
        if (before is not null) configuration.AddInMemoryCollection(before);
        configuration.AddSources<ChatOptions>(arguments);
        return ChatConfiguration.Read<ChatOptions>(configuration.Build());
    }
}
