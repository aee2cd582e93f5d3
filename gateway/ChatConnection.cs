using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Commands;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Proxying;
using OrleansChat.GrainInterfaces;
using OrleansChat.Limits;
using OrleansChat.Protocol;

namespace OrleansChat.Gateway;

/// <summary>
/// One client connection: reads lines, has each answered in order, writes the replies.
/// </summary>
/// <remarks>
/// One line is under way at a time, except that the <c>send</c>s that lie next to each other in the buffer go as one
/// <see cref="SendBatch"/>. The replies leave when the buffer is used up. A client that does not read its replies stops
/// its own lines from being read: the pipes in both directions are bounded.
/// </remarks>
internal sealed partial class ChatConnection
{
    /// <summary>How long what a client left behind may still be under way before it counts as gone for presence.</summary>
    private static readonly TimeSpan LingerAfterEnd = TimeSpan.FromSeconds(5);

    private readonly ConnectionContext _transport;
    private readonly ITransportProgress _progress;
    private readonly PipeReader _input;
    private readonly LineReader _lines;
    private readonly SendBatch _sends;
    private readonly Pace _pace;

    public ChatConnection(string id, ConnectionContext transport, GatewayServices services)
    {
        Id = id;
        Services = services;
        _transport = transport;
        _input = transport.Transport.Input;
        _lines = new LineReader(services.Options.MaxLineBytes);
        Client = transport.Features.Get<ClientConnection>() ?? ClientConnection.Unlimited(transport, services.Time);
        IsBehindProxy = services.Options.BehindProxy || transport.Features.Get<ProxyHeader>() is not null;
        _progress = transport.Features.Get<ITransportProgress>() ?? new TcpProgress(transport);
        Replies = Client.Replies = new ReplyOutput(transport.Transport.Output, _progress);
        Guard = new SessionGuard(Client, services);
        _pace = new Pace(Client, Guard, Replies, services);
        HandOvers = new HandOvers(this, _progress, Replies);
        _sends = new SendBatch(this);
    }

    /// <summary>Names the connection among those of all gateways.</summary>
    public string Id { get; }

    /// <summary>What all connections share.</summary>
    public GatewayServices Services { get; }

    /// <summary>What the limits know of it.</summary>
    public ClientConnection Client { get; }

    /// <summary>Whether a session may be asked for here.</summary>
    public SessionGuard Guard { get; }

    /// <summary>A proxy's TCP, not the client's, acknowledges what is sent here.</summary>
    public bool IsBehindProxy { get; }

    /// <summary>Where replies are written.</summary>
    public ReplyOutput Replies { get; }

    /// <summary>What was handed over here and not shown to be received yet.</summary>
    public HandOvers HandOvers { get; }

    /// <summary>The token that the last login on this connection got, or null before the first.</summary>
    public string? OwnToken { get; set; }

    /// <summary>The session that presence was last told to be here, and has not said since to be elsewhere.</summary>
    public string? PresentSession { get; set; }

    /// <summary>The client has gone, though something of it may be under way: no session is here any more.</summary>
    public bool IsGone { get; private set; }

    /// <summary>The client has gone without an end in order: nobody takes a reply. False where the system does not tell.</summary>
    /// <remarks>Asked of the socket: a transport whose buffer is full does not see a reset before there is room again.</remarks>
    public bool IsBroken => _progress.CanTell && !(_progress.TryRead(out var sample) && (sample.IsOpen || sample.EndedByClient));

    /// <summary>Answers the client until it goes, or the process stops.</summary>
    public async Task RunAsync()
    {
        var stopping = _transport.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var leaving = _transport.ConnectionClosed.Register(() => _ = LeaveAsync());
        using var registration = stopping.Register(() =>
        {
            Replies.End();
            _input.CancelPendingRead();
        });
        try
        {
            while (true)
            {
                var read = await _input.ReadAsync();
                Client.Heard();
                var arrived = _lines.Position + read.Buffer.Length;
                _progress.Arrived(_lines.Position, arrived);
                await AnswerLines(read.Buffer, stopping);
                await Replies.FlushAsync();
                Client.AwaitsInput(_lines.UnfinishedStart, arrived);
                if (read.IsCompleted && !Replies.IsEnded)
                {
                    await HandOvers.EndAsync(stopping);
                    await _progress.FinishAsync();
                    return;
                }
                if (!Replies.IsEnded) continue;
                _transport.Reset();
                return;
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            _transport.Reset();
        }
        finally
        {
            _pace.Settle(_lines.Position);
            Guard.Unanswered();
            Leave();
        }
    }

    /// <summary>A session was asked for here, and its grain answered.</summary>
    /// <returns>Whether it was news to presence.</returns>
    public ValueTask<bool> UsedAsync(string sessionKey, SessionUse use)
    {
        if (use.User is null) Guard.Refused(sessionKey);
        else Guard.Accepted(sessionKey, use.User);
        return Services.Presence.UsedAsync(this, sessionKey, use);
    }

    /// <summary>Waits until the client may read: for one of its address's turns, and until what that owes is paid.</summary>
    /// <exception cref="ConnectionAbortedException">The client has gone meanwhile.</exception>
    public async ValueTask<ClientAddress.ReadTurn> TakeReadTurnAsync(CancellationToken stopping)
    {
        var turn = await Client.Address.TakeReadTurnAsync(stopping);
        Client.Address.Charge(Pace.LinesARead);
        if (!IsBroken) return turn;
        turn.Dispose();
        Replies.End();
        throw new ConnectionAbortedException();
    }

    /// <summary>
    /// A command may be under way for long when its client goes: nobody stays on the list for that. After an end in order
    /// there may be more to answer.
    /// </summary>
    private async Task LeaveAsync()
    {
        if (_progress.TryRead(out var sample) && sample.EndedByClient) await Task.Delay(LingerAfterEnd, Services.Time);
        Leave();
    }

    private void Leave()
    {
        IsGone = true;
        Services.Presence.Closed(this);
    }

    /// <summary>Answers the complete lines of the buffer, while somebody takes the replies; the rest stays to be read.</summary>
    private async Task AnswerLines(ReadOnlySequence<byte> buffer, CancellationToken stopping)
    {
        while (!Replies.IsEnded)
        {
            var status = _lines.Read(ref buffer, out var line);
            var error = ReplyError.LineTooLong;
            Command? command = null;
            var isCommand = status == LineStatus.Line && CommandTable.TryParse(line, out command, out error);
            // However long the answer takes: a buffer that was understood is free for others.
            var isLast = status == LineStatus.Incomplete || buffer.IsEmpty;
            if (isLast) _input.AdvanceTo(buffer.Start, buffer.End);

            var isAdded = isCommand && !HandOvers.IsShownBy(_lines.LineStart) && _sends.TryAdd(command!);
            if (!isAdded || isLast) await _sends.FlushAsync();
            if (!isAdded && status != LineStatus.Incomplete)
            {
                await Answer(command, error, stopping);
                await Replies.FlushIfMuchAsync();
            }
            if (_pace.CountLine(_lines.Position) is { Ticks: > 0 } wait) await PauseAsync(wait, stopping);
            if (isLast) return;
        }
        _input.AdvanceTo(buffer.Start, buffer.End);
    }

    /// <summary>An address that asks for more than its share is answered, and then not read for a while.</summary>
    private async Task PauseAsync(TimeSpan wait, CancellationToken stopping)
    {
        await _sends.FlushAsync();
        await Replies.FlushAsync();
        await Task.Delay(wait, Services.Time, stopping);
    }

    private async Task Answer(Command? command, ReplyError error, CancellationToken stopping)
    {
        try
        {
            // A line that is refused for its length has not arrived whole: the next one shows receipt.
            if (error != ReplyError.LineTooLong) await HandOvers.LineArrivedAsync(_lines.LineStart);
            if (error == ReplyError.LineTooLong && command is null) Services.Metrics.Hit(LimitNames.LineLength, Client.AddressName);
            if (command is null) ReplyWriter.WriteError(Replies, error);
            else if (_sends.TryAdd(command)) await _sends.FlushAsync();
            else await CommandHandlers.Handle(this, command, stopping);
        }
        catch (Exception e) when (!(Replies.IsEnded && ChatConnectionHandler.IsOfTransport(e)) && !stopping.IsCancellationRequested)
        {
            // Its answer would have said where presence has to look for the session.
            PresentSession = null;
            LogUnavailable(Services.Logger, Id, e);
            ReplyWriter.WriteError(Replies, ReplyError.Unavailable);
        }
        finally
        {
            Guard.Unanswered();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A command on connection {Connection} could not be answered.")]
    private static partial void LogUnavailable(ILogger logger, string connection, Exception exception);
}
