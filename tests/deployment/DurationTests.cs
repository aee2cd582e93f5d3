using OrleansChat.Hosting.Settings;
using OrleansChat.Silo.Settings;

namespace OrleansChat.Deployment.Tests;

/// <summary>Durations in settings, wherever these come from.</summary>
public sealed class DurationTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("3s", 3)]
    [InlineData("15m", 900)]
    [InlineData("24h", 86_400)]
    [InlineData("7d", 604_800)]
    [InlineData("0s", 0)]
    [InlineData("7.00:00:00", 604_800)]
    [InlineData("00:15:00", 900)]
    [InlineData("23:59:59.5", 86_399.5)]
    public void A_duration_has_a_unit_or_all_its_parts(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("0")]
    [InlineData("24:00:00")]
    [InlineData("5:00")]
    [InlineData("00:15")]
    [InlineData("0:15:00")]
    [InlineData("7.0:0:0")]
    [InlineData("7.")]
    [InlineData("-3s")]
    [InlineData("-00:00:01")]
    [InlineData("1.5h")]
    [InlineData("3 s")]
    [InlineData(" 3s")]
    [InlineData("3s\n")]
    [InlineData("3S")]
    [InlineData("3sec")]
    [InlineData("1h30m")]
    [InlineData("\u0663s")]
    [InlineData("99999d")]
    [InlineData("999999999999999999d")]
    [InlineData("99999.00:00:00")]
    public void What_may_be_misread_is_not_one(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData("0s")]
    [InlineData("500ms")]
    [InlineData("90s")]
    [InlineData("61m")]
    [InlineData("36h")]
    [InlineData("3650d")]
    public void It_is_shown_in_the_shortest_form(string text)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(text, Duration.Format(duration));
    }

    [Fact]
    public void The_environment_and_files_are_read_like_arguments()
    {
        var options = ProgramSettings.Read<ChatOptions>(new()
        {
            ["Chat__Database"] = "Host=h",
            ["Chat__Limits__LineTimeout"] = "3s",
            ["Chat__limits__idletimeout"] = "1h",
            ["Chat__SessionIdleTimeout"] = "24h",
            ["Chat__GrainIdleTimeout"] = "00:00:10",
        });
        Assert.Equal(TimeSpan.FromSeconds(3), options.Gateway.Limits.LineTimeout);
        Assert.Equal(TimeSpan.FromHours(1), options.Gateway.Limits.IdleTimeout);
        Assert.Equal(TimeSpan.FromDays(1), options.Sessions.IdleTimeout);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Grains.IdleTimeout);

        var refusal = Assert.Throws<ConfigurationException>(
            () => ProgramSettings.Read<ChatOptions>(new() { ["Chat__Database"] = "Host=h", ["Chat__LineTimeout"] = "3" }));
        Assert.StartsWith(
            "'3' is not a duration: Chat:Limits:LineTimeout (--line-timeout) takes ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_within_their_bounds() => ProgramSettings.Read<ChatOptions>(new() { ["Chat__Database"] = "Host=h" });
}
