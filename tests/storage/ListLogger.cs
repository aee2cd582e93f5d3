using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OrleansChat.Storage.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class ListLogger<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Message)> _entries = [];

    private readonly TaskCompletionSource _hasEntry = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first entry.</summary>
    public Task HasEntry => _hasEntry.Task;

    /// <summary>The messages of a level.</summary>
    public IEnumerable<string> At(LogLevel level) => _entries.Where(entry => entry.Level == level).Select(entry => entry.Message);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _entries.Enqueue((logLevel, formatter(state, exception)));
        _hasEntry.TrySetResult();
    }
}
