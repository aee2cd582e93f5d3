using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OrleansChat.Tests.Shared;

/// <summary>Keeps what is logged, each entry as its level and its message.</summary>
public sealed class LogLines<T> : ILogger<T>
{
    private readonly ConcurrentQueue<string> _lines = [];

    /// <summary>All so far.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>The messages of a level.</summary>
    public IReadOnlyList<string> At(LogLevel level) =>
        [.. _lines.Where(line => line.StartsWith($"{level} ", StringComparison.Ordinal))
            .Select(line => line[(level.ToString().Length + 1)..])];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {formatter(state, exception)}");
}
