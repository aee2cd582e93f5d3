using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using OrleansChat.Hosting.ConsoleLogs;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Hosting.Tests.ConsoleLogs;

/// <summary>What the log looks like, and how little of it an outage makes.</summary>
public sealed class ConsoleLogTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryStream _output = new(), _errors = new();
    private ServiceProvider? _services;
    private ConsoleLog? _log;

    public void Dispose()
    {
        _log?.Dispose();
        _services?.Dispose();
    }

    [Fact]
    public void An_entry_begins_with_date_time_and_offset()
    {
        New().LogHello();
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d info: Test\[7\]\n      Hello\.\n$", End());
    }

    [Theory]
    [InlineData("json")]
    [InlineData("JSON")]
    public void The_framework_s_json_is_written_where_the_settings_ask_for_it(string name)
    {
        New(("FormatterName", name)).LogHello();
        using var entry = JsonDocument.Parse(End());
        Assert.Equal("Hello.", entry.RootElement.GetProperty("Message").GetString());
        Assert.True(DateTimeOffset.TryParseExact(entry.RootElement.GetProperty("Timestamp").GetString(), "yyyy-MM-ddTHH:mm:ss.fffzzz",
            CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
    }

    [Fact]
    public void Under_systemd_an_entry_has_its_priority_and_leaves_the_time_to_the_journal()
    {
        New(("FormatterName", "systemd")).LogHello();
        Assert.Equal("<6>Test[7] Hello.\n", End());
    }

    [Fact]
    public void The_framework_s_other_settings_are_obeyed()
    {
        var logger = New(
            ("FormatterOptions:TimestampFormat", "yyyy "), ("FormatterOptions:SingleLine", "true"),
            ("LogToStandardErrorThreshold", "Warning"));
        logger.LogHello();
        logger.LogFailed(1, new InvalidOperationException("defect"));
        Assert.Matches(@"^\d{4} info: Test\[7\] Hello\.\n$", End());
        Assert.Matches(@"^\d{4} warn: Test\[8\] Command 1 failed\. .*defect", Encoding.UTF8.GetString(_errors.ToArray()));
    }

    [Fact]
    public void A_format_that_there_is_not_is_refused()
    {
        var refusal = Assert.Throws<ConfigurationException>(() => New(("FormatterName", "xml")));
        Assert.Equal("'xml' is not a valid log format: Logging:Console:FormatterName takes json, simple, systemd.", refusal.Message);
    }

    [Fact]
    public void An_outage_costs_an_entry_a_kind_and_minute_without_a_stack()
    {
        var logger = New();
        for (var i = 1; i <= 1000; i++) logger.LogFailed(i, Outage());
        _time.Advance(Minute);
        for (var i = 1001; i <= 1003; i++) logger.LogFailed(i, Outage());
        _time.Advance(Minute);
        // Nothing for a minute: the next one is the first again.
        _time.Advance(Minute);
        logger.LogFailed(1004, Outage());

        Assert.Equal(
            [
                "Command 1 failed. PostgreSQL did not answer while reading: Failed to connect: Connection refused",
                "Command 1000 failed. PostgreSQL did not answer while reading: Failed to connect: Connection refused "
                    + "(The last of 999 like it within a minute.)",
                "Command 1003 failed. PostgreSQL did not answer while reading: Failed to connect: Connection refused "
                    + "(The last of 3 like it within a minute.)",
                "Command 1004 failed. PostgreSQL did not answer while reading: Failed to connect: Connection refused",
            ],
            Messages());
    }

    [Fact]
    public void What_was_counted_is_said_at_the_end_too()
    {
        var logger = New();
        for (var i = 1; i <= 3; i++) logger.LogFailed(i, Outage());
        Assert.Equal(2, Messages().Count);
    }

    [Fact]
    public void Kinds_do_not_hide_each_other()
    {
        var logger = New();
        logger.LogFailed(1, Outage());
        logger.LogFailed(2, new TimeoutException("No answer."));
        logger.LogLost(3, Outage());
        Assert.Equal(3, Messages().Count);
    }

    [Fact]
    public void A_defect_shows_its_stack_and_only_once_a_minute()
    {
        var logger = New();
        for (var i = 1; i <= 1000; i++) logger.LogFailed(i, Thrown());
        var text = End();
        Assert.Equal(2, Regex.Count(text, "InvalidOperationException: defect"));
        Assert.Contains($"at {typeof(ConsoleLogTests).FullName}.{nameof(Thrown)}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void At_debug_each_failure_is_written_with_its_stack()
    {
        var logger = New(isDetailed: true);
        for (var i = 1; i <= 3; i++) logger.LogFailed(i, Outage());
        Assert.Equal(3, Regex.Count(End(), "Npgsql.NpgsqlException"));
    }

    [Fact]
    public void What_is_no_failure_is_never_left_out()
    {
        var logger = New();
        for (var i = 1; i <= 100; i++) logger.LogHello();
        Assert.Equal(100, Messages().Count);
    }

    private static Exception Outage() => new AggregateException(new InvalidOperationException("PostgreSQL did not answer while reading.",
        new NpgsqlException("Failed to connect\nto it", new System.Net.Sockets.SocketException(111)))).InnerException!;

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("defect");
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }

    private ILogger New(params (string Name, string Value)[] settings) => New(false, settings);

    private ILogger New(bool isDetailed, params (string Name, string Value)[] settings)
    {
        var builder = new ServiceCollection();
        builder.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => $"Logging:Console:{s.Name}", s => (string?)s.Value)).Build());
        builder.AddLogging(logging =>
        {
            logging.AddConfiguration(new ConfigurationBuilder()
                .AddInMemoryCollection(settings.ToDictionary(s => $"Console:{s.Name}", s => (string?)s.Value)).Build());
            // As the framework's builder does it.
            logging.AddSimpleConsole();
            logging.AddConsoleLog();
        });
        _services = builder.BuildServiceProvider();
        _log = new ConsoleLog(
            _services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value, _services.GetServices<ConsoleFormatter>(),
            _ => isDetailed, _output, _errors, _time);
        return _log.CreateLogger("Test");
    }

    private string End()
    {
        _log!.Dispose();
        return Encoding.UTF8.GetString(_output.ToArray());
    }

    private List<string> Messages() => [.. End().Split('\n').Where(line => line.StartsWith(' ')).Select(line => line.Trim())];
}

internal static partial class LogSamples
{
    [LoggerMessage(7, LogLevel.Information, "Hello.")]
    public static partial void LogHello(this ILogger logger);

    [LoggerMessage(8, LogLevel.Warning, "Command {Number} failed.")]
    public static partial void LogFailed(this ILogger logger, int number, Exception exception);

    [LoggerMessage(9, LogLevel.Warning, "Message {Number} was lost.")]
    public static partial void LogLost(this ILogger logger, int number, Exception exception);
}
