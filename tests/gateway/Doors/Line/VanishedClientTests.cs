using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Sessions;

namespace OrleansChat.Gateway.Tests.Doors.Line;

/// <summary>A client whose machine or network is gone is nothing to report: what escapes here, Kestrel logs as an error.</summary>
public sealed class VanishedClientTests
{
    public static TheoryData<Exception> Endings =>
    [
        new SocketException((int)SocketError.TimedOut),
        new SocketException((int)SocketError.HostUnreachable),
        new ConnectionResetException("reset"),
        new ConnectionAbortedException("aborted"),
    ];

    [Theory]
    [MemberData(nameof(Endings), DisableDiscoveryEnumeration = true)]
    public async Task Its_connection_ends_without_an_error(Exception ending)
    {
        Pipe input = new(), output = new();
        var handler = TestConnection.Handler(TestConnection.Services());
        var handled = handler.OnConnectedAsync(TestConnection.Over(input.Reader, output.Writer));
        Assert.False(handled.IsCompleted);

        await input.Writer.CompleteAsync(ending);

        await handled.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [MemberData(nameof(Endings), DisableDiscoveryEnumeration = true)]
    public async Task Nor_is_a_reply_that_nobody_takes_any_more(Exception ending)
    {
        Pipe input = new(), output = new();
        var log = new Warnings();
        var connection = TestConnection.Over(input.Reader, new BrokenWriter(output.Writer, ending));
        var handler = TestConnection.Handler(TestConnection.Services(log));

        // Long enough to be flushed before the next line.
        await input.Writer.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("?\r\n", 2_000))));
        await handler.OnConnectedAsync(connection).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(0, log.Count);
    }

    private sealed class BrokenWriter(PipeWriter output, Exception ending) : PipeWriter
    {
        public override void Advance(int bytes) => output.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            ValueTask.FromException<FlushResult>(ending);

        public override void CancelPendingFlush() { }

        public override void Complete(Exception? exception = null) { }
    }

    private sealed class Warnings : ILogger<GatewayServices>
    {
        public int Count { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning) Count++;
        }
    }
}
