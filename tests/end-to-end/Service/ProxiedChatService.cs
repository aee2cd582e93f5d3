using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Tests.Transport.Proxying;

namespace OrleansChat.EndToEnd.Tests.Service;

/// <summary>The service for clients who come through a proxy of this machine. It begins each connection with a PROXY header.</summary>
public sealed class ProxiedChatService : ChatService
{
    /// <summary>Believes the proxies of this machine.</summary>
    public static readonly string[] Trust =
        ["--trusted-proxies", "127.0.0.1", "--Logging:LogLevel:OrleansChat.Gateway.Transport.Proxying", "Debug"];

    private static readonly IPEndPoint From = new(IPAddress.Parse("203.0.113.7"), 56324), To = new(IPAddress.Parse("203.0.113.1"), 8889);

    /// <summary>
    /// The longest header there is: longer than all that a test sends, so that bytes that were counted twice or not at all show.
    /// </summary>
    public static readonly byte[] LongHeader = Headers.Binary(From, To, Headers.Padding(4096 - Headers.Binary(From, To).Length));

    private readonly ConcurrentQueue<string> _taken = [];

    public ProxiedChatService() => (Arguments, Preamble) = (Trust, LongHeader);

    /// <summary>What was logged of headers that were taken.</summary>
    public IEnumerable<string> Taken => _taken;

    /// <inheritdoc/>
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Services.GetRequiredService<ILoggerFactory>().AddProvider(new Listener(_taken));
    }

    private sealed class Listener(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception));

        public void Dispose() { }
    }
}
