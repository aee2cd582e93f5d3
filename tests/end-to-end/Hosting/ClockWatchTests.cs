using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Gateway.Tests.Sessions;
using OrleansChat.Hosting;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Hosting;

/// <summary>A machine whose clock is wrong.</summary>
public sealed class ClockWatchTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly LogLines<ClockWatch> _log = new();

    [Theory]
    [InlineData(
        -11 * 60, "It is 2026-03-01 11:49:00Z by this machine's clock, which is behind, and 2026-03-01 12:00:00Z by the database's: ")]
    [InlineData(
        8 * 24 * 3600,
        "It is 2026-03-09 12:00:00Z by this machine's clock, which is ahead, and 2026-03-01 12:00:00Z by the database's: ")]
    [InlineData(-61, "It is 2026-03-01 11:58:59Z by this machine's clock, which is behind, and ")]
    public void Clocks_that_are_far_apart_are_said_with_both_times(int seconds, string expected)
    {
        New().Compare(Noon.AddSeconds(seconds), TimeSpan.Zero, Noon);
        Assert.StartsWith(expected, Assert.Single(_log.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(59, 0)]
    [InlineData(-59, 0)]
    // The database may have said the time at any moment of a long wait.
    [InlineData(-90, 90)]
    public void Clocks_that_may_be_together_are_not(int seconds, int tookSeconds)
    {
        New().Compare(Noon.AddSeconds(seconds), TimeSpan.FromSeconds(tookSeconds), Noon);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task It_asks_the_database_at_once()
    {
        using var watch = New(new SkewedTime(TimeProvider.System) { Skew = TimeSpan.FromMinutes(-11) });
        await watch.StartAsync(default);
        var lines = await Eventually.SeesAsync(
            WireClient.Patience, () => Task.FromResult(_log.At(LogLevel.Warning)), lines => lines.Count > 0);
        Assert.Contains("which is behind", lines[0], StringComparison.Ordinal);
        await watch.StopAsync(default);
    }

    private ClockWatch New(TimeProvider? time = null) =>
        new(() => new NpgsqlConnection(database.ConnectionString), time ?? TimeProvider.System, _log);
}
