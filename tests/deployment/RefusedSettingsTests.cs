using OrleansChat.Hosting.Settings;
using OrleansChat.Silo;

namespace OrleansChat.Deployment.Tests;

/// <summary>Settings that are wrong are refused at start, with what to set instead.</summary>
public sealed class RefusedSettingsTests
{
    [Theory]
    [InlineData("", "No database is set: give a PostgreSQL connection string as --database")]
    [InlineData("--lisen 127.0.0.1:1", "Unknown option '--lisen'. Known options: --database, --migrate, ")]
    [InlineData("--database-password secret",
        "'--database-password' is not an option, which everyone on the machine could read: set Chat__DatabasePassword")]
    [InlineData("--Chat:Lisen 127.0.0.1:1", "'Chat:Lisen' is not a setting of this program. Known settings: Chat:Database, ")]
    [InlineData("--database =;x", "connection string of the database is malformed")]
    [InlineData("--database Host=h --listen 1.2.3.4", "'1.2.3.4' is not a valid address to listen on: give --listen ADDRESS:PORT")]
    [InlineData("--database Host=h --listen none", "A silo alone must listen for clients")]
    [InlineData("--database Host=h --listen none --cluster-address 127.0.0.1 --shared-listen 127.0.0.1:1", "give --listen too")]
    [InlineData("--database Host=h --listen 0.0.0.0:1 --demo-users true", "--demo-users adds users whose password everybody knows")]
    [InlineData("--database Host=h --listen none --cluster-address 10.0.0.1 --demo-users true",
        "in a cluster it goes with a loopback --cluster-address only")]
    [InlineData("--database Host=h --silo-port 7 --gateway-port 7", "must be two different ports")]
    [InlineData("--database Host=h --silo-port 65536", "--silo-port must be 1 to 65535, not 65536.")]
    [InlineData("--database Host=h --migrate yes", "'yes' is not true or false: Chat:Storage:Migrate (--migrate) takes true or false.")]
    [InlineData("--database Host=h --tls-listen 127.0.0.1:1", "TLS needs both --tls-listen ADDRESS:PORT and --tls-certificate FILE.")]
    [InlineData("--database Host=h --tls-listen 127.0.0.1:8889 --tls-certificate c",
        "'127.0.0.1:8889' cannot be for TLS and for plain TCP")]
    [InlineData("--database Host=h --tls-certificate c", "TLS needs both --tls-listen ADDRESS:PORT and --tls-certificate FILE.")]
    [InlineData("--database Host=h --web-tls-listen 127.0.0.1:1", "--web-tls-listen needs --tls-certificate FILE too.")]
    [InlineData("--database Host=h --web-listen 127.0.0.1:8889", "'127.0.0.1:8889' cannot be for HTTP and for something else")]
    [InlineData("--database Host=h --web-listen 1.2.3.4", "'1.2.3.4' is not a valid address to listen on: give --web-listen")]
    [InlineData("--database Host=h --web-listen 0.0.0.0:1 --demo-users true", "it goes with a loopback address only")]
    [InlineData("--database Host=h --web-origins https://chat.example.org/", "'https://chat.example.org/' is not a valid origin")]
    [InlineData("--database Host=h --web-origins chat.example.org", "'chat.example.org' is not a valid origin")]
    [InlineData("--database Host=h --tls-key k", "--tls-key goes with --tls-certificate.")]
    [InlineData("--database Host=h --tls-listen 127.0.0.1:1 --Chat:TlsListen 127.0.0.1:2",
        "Chat:Tls:Listen and Chat:TlsListen, its older name, have different values: set the first one only.")]
    [InlineData("--database Host=h --silo-port many",
        "'many' is not a number: Chat:Cluster:SiloPort (--silo-port) takes a whole number up to 2147483647.")]
    [InlineData("--database Host=h --session-idle-timeout 01:00:00", "--session-idle-timeout must be 2h to 3650d, not 1h: the last use")]
    [InlineData("--database Host=h --mailbox-writers 0", "--mailbox-writers must be 1 to 8")]
    [InlineData("--database Host=h --trusted-proxies 10.0.0.0/8,proxy",
        "'proxy' is not a valid address or network of proxies: give --trusted-proxies")]
    [InlineData("--database Host=h --grain-idle-timeout 00:00:01", "--grain-idle-timeout must be 10s to 7d, not 1s.")]
    [InlineData("--database Host=h --max-connections 0", "--max-connections must be at least 1")]
    [InlineData("--database Host=h --max-connections-per-address 0", "--max-connections-per-address must be at least 1")]
    [InlineData("--database Host=h --attempts-per-minute 0", "--attempts-per-minute must be at least 1")]
    [InlineData("--database Host=h --lines-per-second 0", "--lines-per-second must be at least 1")]
    [InlineData("--database Host=h --line-timeout 00:00:00.5", "--line-timeout must be 1s to 1h, not 500ms.")]
    [InlineData("--database Host=h --line-timeout 61m", "--line-timeout must be 1s to 1h, not 61m.")]
    [InlineData("--database Host=h --slow-reader-timeout 0s", "--slow-reader-timeout must be 1s to 1h, not 0s.")]
    [InlineData("--database Host=h --max-waiting-bytes 1000", "--max-waiting-bytes must be at least 1048576")]
    [InlineData("--database Host=h --max-calls-in-flight 0", "--max-calls-in-flight must be at least 2")]
    [InlineData("--database Host=h --idle-timeout 500ms", "--idle-timeout must be 1s to 30d, or 0s for none, not 500ms.")]
    [InlineData("--database Host=h --idle-timeout -00:00:01",
        "'-00:00:01' is not a duration: Chat:Limits:IdleTimeout (--idle-timeout) takes 500ms, 30s, 15m, 24h, 7d, ")]
    [InlineData("--database Host=h --line-timeout 3", "'3' is not a duration: Chat:Limits:LineTimeout (--line-timeout) takes ")]
    [InlineData("--database Host=h --session-idle-timeout 24:00:00",
        "'24:00:00' is not a duration: Chat:Sessions:IdleTimeout (--session-idle-timeout) takes ")]
    [InlineData("--database Host=h --session-idle-timeout 5:00", "'5:00' is not a duration")]
    [InlineData("--database Host=h --session-idle-timeout 3651d", "--session-idle-timeout must be 2h to 3650d, not 3651d")]
    [InlineData("--database Host=h --grain-idle-timeout 9999999", "'9999999' is not a duration")]
    [InlineData("--database Host=h --grain-idle-timeout 9999999s", "--grain-idle-timeout must be 10s to 7d, not 9999999s.")]
    [InlineData("--database Host=h --Chat:GrainIdleTimeout=5",
        "'5' is not a duration: Chat:Grains:IdleTimeout (--grain-idle-timeout) takes ")]
    [InlineData("--database Host=h --Logging:Console:FormatterName xml", "'xml' is not a valid log format")]
    [InlineData("--database Host=h secret", "Argument 3 is neither a setting nor the value of one")]
    [InlineData("-v", "Argument 1 is neither a setting nor the value of one")]
    [InlineData("--database Host=h --migrate", "'--migrate' has no value: give --migrate VALUE.")]
    [InlineData("--database Host=h --demo-users --listen 127.0.0.1:1", "'--demo-users' has no value")]
    [InlineData("--database Host=h --max-line-bytes 100000",
        "--max-line-bytes must be 1024 to 65536, not 100000: the protocol promises no more.")]
    [InlineData("--database Host=h --max-pipelined-sends 65", "--max-pipelined-sends must be 1 to 64")]
    [InlineData("--database Host=h --sends-per-second 0", "--sends-per-second must be at least 1")]
    [InlineData("--database Host=h --max-unread 0", "--max-unread must be at least 1")]
    [InlineData("--database Host=h --max-unread-of-sender 0", "--max-unread-of-sender must be at least 1")]
    [InlineData("--database Host=h --wrong-passwords 0", "--wrong-passwords must be at least 1")]
    [InlineData("--database Host=h --password-hashes -1", "--password-hashes must be at least 0")]
    public void A_wrong_setting_is_refused_with_what_to_set(string arguments, string expected)
    {
        var refusal = Assert.Throws<ConfigurationException>(
            () => ChatHost.Build(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }
}
