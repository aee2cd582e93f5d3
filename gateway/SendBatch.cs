using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Protocol;

namespace OrleansChat.Gateway;

/// <summary>
/// The <c>send</c>s of one session that lie next to each other on a connection: they travel together, and are answered in
/// order when all are decided.
/// </summary>
internal sealed partial class SendBatch(ChatConnection connection)
{
    // Of 64 some 100 kB of ordinary messages, or 4 MiB of the longest.
    private readonly int _maxMessages = connection.Services.Options.MaxPipelinedSends;
    private readonly List<OutgoingMessage> _messages = [];
    private string? _token;
    private string? _sessionKey;
    private ISessionGrain? _session;

    /// <summary>Takes a command that belongs to the batch; everything else must wait until the batch is flushed.</summary>
    public bool TryAdd(Command command)
    {
        if (command.Kind != CommandKind.Send) return false;
        if (_messages.Count == _maxMessages || (_messages.Count > 0 && command.Token != _token)) return false;
        if (command.Token != _token)
        {
            // Most connections send under one token: it is hashed once.
            _token = command.Token;
            _session = SessionToken.TryGetKey(_token, out _sessionKey) ? connection.Services.Grains.Session(_sessionKey) : null;
        }
        _messages.Add(new OutgoingMessage(MessageId.New(connection.Services.Time.GetUtcNow()), command.User, command.Text, null));
        return true;
    }

    /// <summary>Sends what was taken, and writes a reply for each.</summary>
    public async ValueTask FlushAsync()
    {
        if (_messages.Count == 0) return;
        OutgoingMessage[] batch = [.. _messages];
        _messages.Clear();
        if ((_session is null ? ReplyError.NoSession : await connection.Guard.AdmitAsync(_sessionKey!)) is { } error)
        {
            foreach (var _ in batch) ReplyWriter.WriteError(connection.Replies, error);
            return;
        }
        var reply = await SendAsync(_session!, batch);
        if (Array.TrueForAll(reply.Statuses, status => status == SendStatus.Unavailable)) connection.Guard.Unanswered();
        else await connection.UsedAsync(_sessionKey!, reply.Session);
        foreach (var status in reply.Statuses) Write(status);
    }

    /// <summary>
    /// Sends, and repeats what is of unknown outcome. A message that was stored stays so whatever a repetition says; one
    /// whose outcome was unknown once cannot be said not to be stored.
    /// </summary>
    private async Task<SendReply> SendAsync(ISessionGrain session, OutgoingMessage[] batch)
    {
        var use = default(SessionUse);
        var statuses = new SendStatus[batch.Length];
        var open = default(int[]);
        using var load = connection.Services.Load.Begin();
        for (var tries = new GrainCalls.Tries(connection.Services.Time); ;)
        {
            try
            {
                var reply = await session.Send(open is null ? batch : Pick(batch, open), connection.Id);
                use = Merge(use, reply.Session);
                Take(reply.Statuses, statuses, open);
                if (!Array.TrueForAll(reply.Statuses, status => status == SendStatus.Unavailable)) load.Answered();
            }
            catch (Exception e)
            {
                // Its answer would have said where presence has to look for the session.
                connection.PresentSession = null;
                LogNotSent(connection.Services.Logger, open?.Length ?? batch.Length, connection.Id, e);
            }
            if (!statuses.Contains(SendStatus.Unavailable) || !tries.MayRepeat) return new SendReply(use, statuses);
            connection.Guard.GiveTurnBack();
            await tries.WaitAsync();
            open = OpenOf(statuses);
        }
    }

    /// <summary>Takes the answer to the first call, which was about all messages, or to a repetition about those that were still open.</summary>
    private static void Take(SendStatus[] answered, SendStatus[] statuses, int[]? open)
    {
        if (open is null) answered.CopyTo(statuses, 0);
        else
            for (var i = 0; i < open.Length; i++)
                if (answered[i] == SendStatus.Sent) statuses[open[i]] = SendStatus.Sent;
    }

    private static OutgoingMessage[] Pick(OutgoingMessage[] batch, int[] places) => Array.ConvertAll(places, i => batch[i]);

    private static int[] OpenOf(SendStatus[] statuses) =>
        [.. Enumerable.Range(0, statuses.Length).Where(i => statuses[i] == SendStatus.Unavailable)];

    private static SessionUse Merge(SessionUse before, SessionUse now) =>
        now with { Moved = before.Moved || now.Moved, Number = Math.Max(before.Number, now.Number) };

    private void Write(SendStatus status)
    {
        if (status == SendStatus.Sent) ReplyWriter.WriteSent(connection.Replies);
        else ReplyWriter.WriteError(connection.Replies, ErrorOf(status));
    }

    /// <summary>How the wire says that a message was not stored.</summary>
    public static ReplyError ErrorOf(SendStatus status) => status switch
    {
        SendStatus.NoSession => ReplyError.NoSession,
        SendStatus.NoRecipient => ReplyError.NoRecipient,
        SendStatus.TooManySends => ReplyError.TooManyAttempts,
        SendStatus.MailboxFull => ReplyError.MailboxFull,
        _ => ReplyError.Unavailable,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} messages of connection {Connection}: it is unknown whether they were stored.")]
    private static partial void LogNotSent(ILogger logger, int count, string connection, Exception exception);
}
