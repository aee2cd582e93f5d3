using OrleansChat.Gateway.Hosting;
using OrleansChat.Silo;

namespace OrleansChat.Deployment.Tests;

/// <summary>Settings that are wrong are refused at start, with what to set instead.</summary>
public sealed class RefusedSettingsTests
{
    [Theory]
    [InlineData("", "No database is set: give a PostgreSQL connection string as --database")]
    [InlineData("--lisen 127.0.0.1:1", "'--lisen' is no setting. There are: ")]
    [InlineData("--database-password secret", "'--database-password' is no setting")]
    [InlineData("--Chat:Lisen 127.0.0.1:1", "'Chat:Lisen' is no setting of this program")]
    [InlineData("--database =;x", "connection string of the database is malformed")]
    [InlineData("--database Host=h --listen 1.2.3.4", "'1.2.3.4' is no address to listen on: give --listen ADDRESS:PORT")]
    [InlineData("--database Host=h --listen none", "A silo alone must listen for clients")]
    [InlineData("--database Host=h --listen none --cluster-address 127.0.0.1 --shared-listen 127.0.0.1:1", "give --listen too")]
    [InlineData("--database Host=h --listen 0.0.0.0:1 --demo-users true", "--demo-users adds users whose password everybody knows")]
    [InlineData("--database Host=h --listen none --cluster-address 10.0.0.1 --demo-users true", "in a cluster it goes with a loopback --cluster-address only")]
    [InlineData("--database Host=h --silo-port 7 --gateway-port 7", "must be two different ports")]
    [InlineData("--database Host=h --silo-port many", "Failed to convert configuration value")]
    [InlineData("--database Host=h --session-idle-timeout 01:00:00", "at least two hours")]
    [InlineData("--database Host=h --mailbox-writers 0", "--mailbox-writers must be 1 to 8")]
    [InlineData("--database Host=h --trusted-proxies 10.0.0.0/8,proxy", "'proxy' is no address or network of proxies: give --trusted-proxies")]
    [InlineData("--database Host=h --grain-idle-timeout 00:00:01", "--grain-idle-timeout must be at least ten seconds")]
    [InlineData("--database Host=h --max-connections 0", "--max-connections must be at least 1")]
    [InlineData("--database Host=h --max-connections-per-address 0", "--max-connections-per-address must be at least 1")]
    [InlineData("--database Host=h --attempts-per-minute 0", "--attempts-per-minute must be at least 1")]
    [InlineData("--database Host=h --lines-per-second 0", "--lines-per-second must be at least 1")]
    [InlineData("--database Host=h --line-timeout 00:00:00.5", "--line-timeout must be at least 1 second")]
    [InlineData("--database Host=h --slow-reader-timeout 0", "--slow-reader-timeout must be at least 1 second")]
    [InlineData("--database Host=h --max-waiting-bytes 1000", "--max-waiting-bytes must be at least 1048576")]
    [InlineData("--database Host=h --max-calls-in-flight 0", "--max-calls-in-flight must be at least 2")]
    [InlineData("--database Host=h --idle-timeout -00:00:01", "--idle-timeout must not be negative")]
    [InlineData("--database Host=h --max-line-bytes 100000", "--max-line-bytes must be 1024 to 65536")]
    [InlineData("--database Host=h --max-pipelined-sends 65", "--max-pipelined-sends must be 1 to 64")]
    [InlineData("--database Host=h --sends-per-second 0", "--sends-per-second must be at least 1")]
    [InlineData("--database Host=h --max-unread 0", "--max-unread must be at least 1")]
    [InlineData("--database Host=h --max-unread-of-sender 0", "--max-unread-of-sender must be at least 1")]
    [InlineData("--database Host=h --wrong-passwords 0", "--wrong-passwords must be at least 1")]
    [InlineData("--database Host=h --password-hashes -1", "--password-hashes must be at least 0")]
    public void A_wrong_setting_is_refused_with_what_to_set(string arguments, string expected)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => ChatHost.Build(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }
}
