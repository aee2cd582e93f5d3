using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace OrleansChat.Hosting.ConsoleLogs;

/// <summary>Replaces the framework's console log with <see cref="ConsoleLog"/>.</summary>
internal static class ConsoleLogHosting
{
    /// <summary>The timestamp of an entry, with milliseconds and the offset from UTC, as in 2026-03-01T09:15:02.048+01:00.</summary>
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffzzz";

    /// <summary>
    /// Logs to the console by the framework's settings. Timestamps have a date and an offset, unless the settings say otherwise; under
    /// systemd there are none, because the journal adds its own.
    /// </summary>
    public static void AddConsoleLog(this ILoggingBuilder logging)
    {
        logging.AddConsole();
        // The builder has overridden the format of the settings with its own.
        logging.Services.AddOptions<ConsoleLoggerOptions>().PostConfigure<IConfiguration>((console, settings) =>
            console.FormatterName = settings[$"Logging:Console:{nameof(ConsoleLoggerOptions.FormatterName)}"]);
        logging.Services.PostConfigure<SimpleConsoleFormatterOptions>(simple => simple.TimestampFormat ??= Timestamp + " ");
        logging.Services.PostConfigure<JsonConsoleFormatterOptions>(json => json.TimestampFormat ??= Timestamp);
        logging.Services.Remove(logging.Services.Single(service => service.ImplementationType == typeof(ConsoleLoggerProvider)));
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.Services.AddSingleton<ILoggerProvider>(services => new ConsoleLog(
            services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value,
            services.GetRequiredService<IEnumerable<ConsoleFormatter>>(),
            category => services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(LogLevel.Debug),
            Console.OpenStandardOutput(), Console.OpenStandardError(),
            services.GetRequiredService<TimeProvider>(), services.GetService<IMeterFactory>()));
    }
}
