using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using OrleansChat.Gateway.Transport;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Simulation;

/// <summary>
/// Both ends of a simulated TCP connection: bytes arrive late, in pieces and in order; either end may close, reset or fall silent.
/// The server's end is a transport for the gateway's own connection class.
/// </summary>
internal sealed class SimulatedLink : IWire, ITransportProgress
{
    private static readonly TimeSpan LongestTrip = TimeSpan.FromMilliseconds(30);

    /// <summary>The time after which keep-alive and user timeout give a silent client up: see ListenSockets.</summary>
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(25);

    // The input has no limit: the client's kernel does not wait for the process. The output has the usual limit.
    private readonly Pipe _input = new(
        new PipeOptions(null, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: true));
    private readonly Pipe _output = new(new PipeOptions(null, PipeScheduler.Inline, PipeScheduler.Inline, useSynchronizationContext: true));
    private readonly Scheduler _scheduler;
    private readonly StringBuilder _arrived = new();
    private TaskCompletionSource _news = new();
    private long _lastToServer, _lastToClient;
    private long _received, _taken, _arrivedBytes, _acknowledged;
    private bool _isReset, _isSilent, _hasEnded, _hasEndedHere, _serverEnded;

    public SimulatedLink(Scheduler scheduler, string id)
    {
        _scheduler = scheduler;
        Server = new LinkContext(this, id, new DuplexPipe(_input.Reader, _output.Writer));
        Server.Features.Set<ITransportProgress>(this);
    }

    /// <summary>The server's end.</summary>
    public ConnectionContext Server { get; }

    /// <summary>Called when the server's kernel notices that the client's side was closed or broken.</summary>
    public Action? Closed { get; set; }

    public Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_isReset || _hasEndedHere) return Task.FromException(new WireBrokenException("It is reset."));
        // The bytes travel in one piece or two, cut anywhere.
        var cut = _scheduler.Random.Next(3) == 0 ? _scheduler.Random.Next(bytes.Length) : 0;
        foreach (var piece in new[] { bytes[..cut], bytes[cut..] })
        {
            if (piece.Length > 0) ToServer(() => ArriveAtServer(piece));
        }
        return Task.CompletedTask;
    }

    public async Task<string?> ReadReplyAsync()
    {
        while (true)
        {
            var text = _arrived.ToString();
            if (text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end)
            {
                _arrived.Remove(0, end + 4);
                return text[..end];
            }
            if (_isReset || _hasEndedHere) throw new WireBrokenException("It is reset.");
            if (_serverEnded) return text.Length == 0 ? null : throw new WireBrokenException("It ended within a reply.");
            await _news.Task;
        }
    }

    public void EndWriting() => ToServer(() =>
    {
        _hasEnded = true;
        _input.Writer.Complete();
        Closed?.Invoke();
    });

    public void Reset()
    {
        if (_hasEndedHere) return;
        _hasEndedHere = true;
        _arrived.Clear();
        ToServer(ResetServer);
        Tell();
    }

    public void Vanish()
    {
        if (_isSilent) return;
        _isSilent = true;
        _scheduler.At(GivenUpAfter + _scheduler.Delay(TimeSpan.Zero, TimeSpan.FromSeconds(1)), ResetServer);
    }

    public bool TryRead(out TransportSample sample)
    {
        sample = new TransportSample(_hasEnded && !_isReset, _acknowledged, _taken, _received, IsOpen: !_hasEnded && !_isReset);
        return true;
    }

    /// <summary>
    /// The process at the server's end is gone: its kernel tells the client in one of two ways. If its machine is gone too, nobody tells
    /// the client.
    /// </summary>
    public void ServerDied(bool silently)
    {
        if (silently)
        {
            _isSilent = true;
            return;
        }
        if (_scheduler.Random.Next(2) == 0) ResetClient();
        else EndToClient();
    }

    /// <summary>Takes what the process has written, as its transport does; runs in that process.</summary>
    public async Task PumpAsync()
    {
        while (true)
        {
            var read = await _output.Reader.ReadAsync();
            if (_isReset) break;
            var bytes = read.Buffer.ToArray();
            _taken += bytes.Length;
            _output.Reader.AdvanceTo(read.Buffer.End);
            var cut = bytes.Length > 1 && _scheduler.Random.Next(3) == 0 ? _scheduler.Random.Next(bytes.Length) : 0;
            if (cut > 0) ToClient(() => ArriveAtClient(bytes.AsSpan(0, cut)));
            if (bytes.Length > 0) ToClient(() => ArriveAtClient(bytes.AsSpan(cut)));
            if (!read.IsCompleted) continue;
            EndToClient();
            break;
        }
        _output.Reader.Complete();
    }

    private void EndToClient() => ToClient(() =>
    {
        _serverEnded = true;
        Tell();
    });

    private void ArriveAtServer(ReadOnlyMemory<byte> bytes)
    {
        if (_isReset) return;
        _received += bytes.Length;
        _input.Writer.Write(bytes.Span);
        _ = _input.Writer.FlushAsync().AsTask();
    }

    private void ArriveAtClient(ReadOnlySpan<byte> bytes)
    {
        if (_isReset || _hasEndedHere) return;
        // The acknowledgement travels with what the client writes from now on, after what it wrote before.
        var acknowledged = _arrivedBytes += bytes.Length;
        ToServer(() => _acknowledged = acknowledged);
        _arrived.Append(Encoding.UTF8.GetString(bytes));
        Tell();
    }

    private void ResetServer()
    {
        if (_isReset) return;
        _isReset = true;
        _input.Writer.Complete(new ConnectionResetException("It was reset."));
        _output.Reader.CancelPendingRead();
        Closed?.Invoke();
    }

    /// <summary>The server's end resets: everything on its way is lost.</summary>
    private void ResetClient()
    {
        ResetServer();
        _scheduler.At(_scheduler.Delay(TimeSpan.Zero, LongestTrip), Tell);
    }

    private void Tell()
    {
        var news = _news;
        _news = new TaskCompletionSource();
        news.TrySetResult();
    }

    private void ToServer(Action arrive) => InOrder(ref _lastToServer, arrive);

    private void ToClient(Action arrive) => InOrder(ref _lastToClient, arrive);

    private void InOrder(ref long last, Action arrive)
    {
        last = Math.Max(last + 1, _scheduler.Now + _scheduler.Delay(TimeSpan.Zero, LongestTrip).Ticks);
        _scheduler.At(TimeSpan.FromTicks(last - _scheduler.Now), () =>
        {
            if (!_isSilent) arrive();
        });
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class LinkContext(SimulatedLink link, string id, IDuplexPipe transport)
        : DefaultConnectionContext(id, transport, transport)
    {
        public override void Abort(ConnectionAbortedException abortReason) => link.ResetClient();
    }
}
