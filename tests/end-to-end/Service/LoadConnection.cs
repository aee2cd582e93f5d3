using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Service;

/// <summary>A message of the load; no two have the same text.</summary>
public sealed record LoadMessage(string Recipient, string Text);

/// <summary>Sends messages to its recipients by turns, some ahead of their replies, until the connection breaks.</summary>
internal sealed class LoadConnection(WireClient client, string user, string name, string[] recipients) : IDisposable
{
    private const int Ahead = 32;

    private readonly ConcurrentQueue<LoadMessage> _awaited = [];
    private readonly SemaphoreSlim _window = new(Ahead);
    private readonly CancellationTokenSource _end = new();
    private Task _writing = Task.CompletedTask;
    private int _count;

    /// <summary>The sender.</summary>
    public string User => user;

    /// <summary>The session.</summary>
    public string Token => client.Token;

    /// <summary>Whatever was sent, acknowledged or not. To be read when it has ended.</summary>
    public List<LoadMessage> Sent { get; } = [];

    /// <summary>What was acknowledged, in that order. To be read when it has ended.</summary>
    public List<LoadMessage> Acknowledged { get; } = [];

    /// <summary>How many were answered that the service is not available.</summary>
    public int Unavailable { get; private set; }

    /// <summary>The longest time from one acknowledgement to the next.</summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>How many were acknowledged so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Runs until the end; fails on a reply that is neither yes nor unknown.</summary>
    public Task RunAsync() => Task.WhenAll(_writing = WriteAsync(), ReadAsync());

    /// <summary>Sends no more, waits for the replies that are due, and closes the connection.</summary>
    public async Task StopAsync()
    {
        await _end.CancelAsync();
        await _writing;
        await Eventually.SeesAsync(WireClient.Patience, () => Task.FromResult(_awaited.Count), due => due == 0);
        client.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        _window.Dispose();
        _end.Dispose();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                await _window.WaitAsync(_end.Token);
                var message = new LoadMessage(recipients[Sent.Count % recipients.Length], $"{name}-{Sent.Count}");
                Sent.Add(message);
                _awaited.Enqueue(message);
                await client.SendAsync($"send {client.Token} {message.Recipient} {message.Text}\r\n");
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The connection broke.
        }
    }

    private async Task ReadAsync()
    {
        var lastAcknowledged = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                var reply = await client.ReadReplyAsync();
                Assert.True(_awaited.TryDequeue(out var message));
                if (reply == Replies.Sent)
                {
                    Acknowledged.Add(message);
                    var now = Stopwatch.GetTimestamp();
                    LongestGap = TimeSpan.FromTicks(Math.Max(LongestGap.Ticks, Stopwatch.GetElapsedTime(lastAcknowledged, now).Ticks));
                    lastAcknowledged = now;
                    Interlocked.Increment(ref _count);
                }
                else
                {
                    Assert.Equal(Replies.Unavailable, reply);
                    Unavailable++;
                }
                _window.Release();
            }
        }
        catch (Exception e) when (e is EndOfStreamException or SocketException or ObjectDisposedException)
        {
            // The connection broke, or was closed here.
        }
        finally
        {
            await _end.CancelAsync();
        }
    }
}
