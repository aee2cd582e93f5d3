using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Hosting.ConsoleLogs;

/// <summary>
/// Logs to the console in the framework's formats and by its settings (<c>Logging:Console</c>). Nothing waits for its output: see
/// <see cref="LineQueue"/>. An outage costs one line per kind of failure and minute: see <see cref="Repetitions"/>. If a category is
/// logged at debug, each of its failures is written with its stack.
/// </summary>
[ProviderAlias("Console")]
internal sealed class ConsoleLog : ILoggerProvider, ISupportExternalScope
{
    /// <summary>The meter of <see cref="DroppedName"/>.</summary>
    public const string MeterName = "OrleansChat.Log";

    /// <summary>The counter of entries that were dropped.</summary>
    public const string DroppedName = "orleanschat.log.dropped";

    private const string Category = "OrleansChat.Log";

    [ThreadStatic]
    private static StringWriter? buffer;

    private readonly ConsoleFormatter _formatter;
    private readonly Func<string, bool> _isDetailed;
    private readonly LogLevel _errorThreshold;
    private readonly LineQueue _output, _errors;
    private readonly Repetitions _repetitions;
    private IExternalScopeProvider? _scopes;

    /// <summary>Starts the threads that write.</summary>
    /// <param name="settings">The framework's settings: format, queue length, threshold of standard error.</param>
    /// <param name="formatters">The known formats, of which the settings name one.</param>
    /// <param name="isDetailed">Tells whether a category is logged at debug.</param>
    /// <param name="output">Takes the entries.</param>
    /// <param name="errors">Takes the entries that the settings send to standard error.</param>
    /// <param name="time">Measures the minutes after which repetitions are written.</param>
    /// <param name="meters">The host's meters; null without a host.</param>
    /// <exception cref="ConfigurationException">The settings name an unknown format.</exception>
    public ConsoleLog(
        ConsoleLoggerOptions settings, IEnumerable<ConsoleFormatter> formatters, Func<string, bool> isDetailed,
        Stream output, Stream errors, TimeProvider time, IMeterFactory? meters = null)
    {
        var name = settings.FormatterName ?? ConsoleFormatterNames.Simple;
        var names = string.Join(", ", formatters.Select(f => f.Name).Order());
        _formatter = formatters.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ConfigurationException($"'{name}' is not a valid log format: Logging:Console:FormatterName takes {names}.");
        (_isDetailed, _errorThreshold) = (isDetailed, settings.LogToStandardErrorThreshold);
        var dropped = (meters?.Create(MeterName) ?? new Meter(MeterName))
            .CreateCounter<long>(DroppedName, description: "Log entries that were dropped because nobody read the log.");
        _output = new LineQueue(settings.MaxQueueLength, Writing(output), DescribeDropped, () => dropped.Add(1));
        _errors = _errorThreshold == LogLevel.None
            ? _output
            : new LineQueue(settings.MaxQueueLength, Writing(errors), DescribeDropped, () => dropped.Add(1));
        _repetitions = new Repetitions(time);
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new CategoryLog(this, categoryName);

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <inheritdoc/>
    public void Dispose()
    {
        _repetitions.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    private static Action<string> Writing(Stream stream) => entry =>
    {
        stream.Write(Encoding.UTF8.GetBytes(entry));
        stream.Flush();
    };

    private void Write<TState>(in LogEntry<TState> entry) => (entry.LogLevel >= _errorThreshold ? _errors : _output).Add(Format(entry));

    private string Format<TState>(in LogEntry<TState> entry)
    {
        var text = buffer ??= new StringWriter();
        _formatter.Write(entry, _scopes, text);
        var formatted = text.ToString();
        text.GetStringBuilder().Clear();
        return formatted;
    }

    private string DescribeDropped(long count) => Format(new LogEntry<string>(
        LogLevel.Warning, Category, 0, $"{count} entries of the log were dropped here because nobody read it.", null,
        static (text, _) => text));

    private sealed class CategoryLog(ConsoleLog log, string category) : ILogger
    {
        private readonly Lazy<bool> _isDetailed = new(() => log._isDetailed(category));

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log._scopes?.Push(state);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            if (exception is null || logLevel < LogLevel.Warning || _isDetailed.Value)
            {
                log.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter));
                return;
            }
            log._repetitions.Add(new FailureKind(category, eventId.Id, exception.GetBaseException().GetType()), more =>
            {
                var isOutage = Failures.IsOutage(exception);
                log.Write(new LogEntry<TState>(logLevel, category, eventId, state, isOutage ? null : exception, (said, _) =>
                    $"{formatter(said, exception)}{(isOutage ? $" {Failures.Describe(exception)}" : "")}{more}"));
            });
        }
    }
}
