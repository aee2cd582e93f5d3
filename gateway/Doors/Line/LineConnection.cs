using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Gateway.Transport;
using OrleansChat.Limits;
using OrleansChat.Protocol.Line;

namespace OrleansChat.Gateway.Doors.Line;

/// <summary>
/// One client connection of the text protocol: reads lines, has each answered in order, writes the replies.
/// </summary>
/// <remarks>
/// One line is under way at a time, except that consecutive <c>send</c>s in the buffer go as one <see cref="SendBatch"/>. The replies
/// leave when the buffer is used up. A client that does not read its replies stops its own lines from being read: the pipes in both
/// directions are bounded.
/// </remarks>
internal sealed partial class LineConnection
{
    /// <summary>The grace period for commands in flight after the client closed; then presence no longer shows it.</summary>
    private static readonly TimeSpan LingerAfterEnd = TimeSpan.FromSeconds(5);

    private readonly ConnectionContext _transport;
    private readonly GatewayServices _services;
    private readonly CancellationToken _stopping;
    private readonly ClientConnection _client;
    private readonly ITransportProgress _progress;
    private readonly PipeReader _input;
    private readonly LineReader _lines;
    private readonly ReplyOutput _replies;
    private readonly Pace _pace;
    private readonly HandOvers _handOvers;
    private readonly LineCommands _commands;
    private readonly SendBatch _sends;

    public LineConnection(string id, ConnectionContext transport, GatewayServices services, LineOptions options, ProxyOptions proxies)
    {
        (_transport, _services) = (transport, services);
        _stopping = transport.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        _input = transport.Transport.Input;
        _lines = new LineReader(options.MaxBytes);
        _progress = transport.Features.Get<ITransportProgress>() ?? new TcpProgress(transport);
        _client = transport.Features.Get<ClientConnection>() ?? ClientConnection.Unlimited(transport, services.Time);
        _client.Replies = _replies = new ReplyOutput(transport.Transport.Output, _progress);
        Session = new ClientSession(id, _client, () => _replies.IsEnded || IsBroken, services, _stopping);
        _pace = new Pace(_client, Session, _replies, services);
        // A proxy's TCP, not the client's, acknowledges what is sent through it.
        var isBehindProxy = proxies.BehindProxy || transport.Features.Get<ProxyHeader>() is not null;
        _handOvers = new HandOvers(Session, _progress, _replies, isBehindProxy, services.Time);
        _commands = new LineCommands(Session, _replies, _handOvers);
        _sends = new SendBatch(Session, _replies, options.MaxPipelinedSends);
    }

    /// <summary>The session through which the client's commands are carried out.</summary>
    internal ClientSession Session { get; }

    /// <summary>Whether the client has gone without an orderly end, so that nobody takes a reply; false if that is unknown.</summary>
    /// <remarks>It asks the socket: a transport whose buffer is full does not see a reset before there is room again.</remarks>
    private bool IsBroken => _progress.IsSupported && !(_progress.TryRead(out var sample) && (sample.IsOpen || sample.EndedByClient));

    /// <summary>Answers the client until it goes, or the process stops.</summary>
    public async Task RunAsync()
    {
        using var leaving = _transport.ConnectionClosed.Register(() => _ = LeaveAsync());
        using var registration = _stopping.Register(() =>
        {
            _replies.End();
            _input.CancelPendingRead();
        });
        try
        {
            while (true)
            {
                var read = await _input.ReadAsync();
                _client.Heard();
                var arrived = _lines.Position + read.Buffer.Length;
                _progress.Arrived(_lines.Position, arrived);
                await AnswerLines(read.Buffer);
                await _replies.FlushAsync();
                _client.AwaitsInput(_lines.UnfinishedStart, arrived);
                if (read.IsCompleted && !_replies.IsEnded)
                {
                    await _handOvers.EndAsync(_stopping);
                    await _progress.FinishAsync();
                    return;
                }
                if (!_replies.IsEnded) continue;
                _transport.Reset();
                return;
            }
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            _transport.Reset();
        }
        finally
        {
            _pace.Settle(_lines.Position);
            Session.Leave();
        }
    }

    /// <summary>
    /// A command may still run for long when its client goes, but presence must not show the client meanwhile. After an orderly end there
    /// may be more to answer, so the session stays for a moment.
    /// </summary>
    private async Task LeaveAsync()
    {
        if (_progress.TryRead(out var sample) && sample.EndedByClient) await Task.Delay(LingerAfterEnd, _services.Time);
        Session.Leave();
    }

    /// <summary>Answers the complete lines of the buffer, while the client takes the replies; the rest stays in the buffer.</summary>
    private async Task AnswerLines(ReadOnlySequence<byte> buffer)
    {
        while (!_replies.IsEnded)
        {
            var status = _lines.Read(ref buffer, out var line);
            var error = ReplyError.LineTooLong;
            Command? command = null;
            var isCommand = status == LineStatus.Line && CommandTable.TryParse(line, out command, out error);
            // The answer may take long: the buffer is released before it.
            var isLast = status == LineStatus.Incomplete || buffer.IsEmpty;
            if (isLast) _input.AdvanceTo(buffer.Start, buffer.End);

            var isAdded = isCommand && !_handOvers.IsShownBy(_lines.LineStart) && _sends.TryAdd(command!);
            if (!isAdded || isLast) await _sends.FlushAsync();
            if (!isAdded && status != LineStatus.Incomplete)
            {
                await Answer(command, error);
                await _replies.FlushIfMuchAsync();
            }
            if (_pace.CountLine(_lines.Position) is { Ticks: > 0 } wait) await PauseAsync(wait);
            if (isLast) return;
        }
        _input.AdvanceTo(buffer.Start, buffer.End);
    }

    /// <summary>Answers what was read, and then reads no more for a while: the address has used more than its share.</summary>
    private async Task PauseAsync(TimeSpan wait)
    {
        await _sends.FlushAsync();
        await _replies.FlushAsync();
        await Task.Delay(wait, _services.Time, _stopping);
    }

    private async Task Answer(Command? command, ReplyError error)
    {
        try
        {
            // A line that is refused for its length has not arrived whole: the next line shows receipt.
            var unshown = error == ReplyError.LineTooLong ? null : await _handOvers.LineArrivedAsync(_lines.LineStart);
            if (error == ReplyError.LineTooLong && command is null) _services.Metrics.Hit(LimitNames.LineLength, _client.AddressName);
            if (unshown is { } refusal) _replies.Refuse(refusal);
            else if (command is null) ReplyWriter.WriteError(_replies, error);
            else if (_sends.TryAdd(command)) await _sends.FlushAsync();
            else await _commands.AnswerAsync(command, _stopping);
        }
        catch (Exception exception) when (!(_replies.IsEnded && IsGoing(exception)) && !_stopping.IsCancellationRequested)
        {
            LogDefect(_services.Logger, Session.Id, exception);
            _replies.Refuse(Refusal.Unavailable);
        }
    }

    /// <summary>Whether an exception may mean that the client has gone.</summary>
    internal static bool IsGoing(Exception exception) =>
        exception.IsOfTransport() || exception is OperationCanceledException or ObjectDisposedException;

    [LoggerMessage(2401, LogLevel.Error, "A line of connection {Connection} failed unexpectedly; answering it as unavailable.")]
    private static partial void LogDefect(ILogger logger, string connection, Exception exception);
}
