using System.Collections.Concurrent;
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
    private int _count;

    /// <summary>The sender.</summary>
    public string User => user;

    /// <summary>The session.</summary>
    public string Token => client.Token;

    /// <summary>Whatever was sent, acknowledged or not. To be read when it has ended.</summary>
    public List<LoadMessage> Sent { get; } = [];

    /// <summary>What was acknowledged, in that order. To be read when it has ended.</summary>
    public List<LoadMessage> Acknowledged { get; } = [];

    /// <summary>How many were acknowledged so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Runs until the end; fails on a reply that is neither yes nor unknown.</summary>
    public Task RunAsync() => Task.WhenAll(WriteAsync(), ReadAsync());

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
        try
        {
            while (true)
            {
                var reply = await client.ReadReplyAsync();
                Assert.True(_awaited.TryDequeue(out var message));
                if (reply == Replies.Sent)
                {
                    Acknowledged.Add(message);
                    Interlocked.Increment(ref _count);
                }
                else
                {
                    Assert.Equal(Replies.Unavailable, reply);
                }
                _window.Release();
            }
        }
        catch (Exception e) when (e is EndOfStreamException or SocketException)
        {
            // The connection broke.
        }
        finally
        {
            await _end.CancelAsync();
        }
    }
}
