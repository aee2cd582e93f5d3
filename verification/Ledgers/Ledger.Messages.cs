using System.Globalization;

namespace OrleansChat.Verification.Ledgers;

/// <summary>Judges messages: acknowledged, delivered, received.</summary>
internal sealed partial class Ledger
{
    /// <summary>A recipient who does not exist, which only a session that is alive may learn.</summary>
    public const string Nobody = "nobody";

    private const int MaxReceipts = 200_000;

    private readonly Queue<(string OnceId, Guid MessageId)> _receipts = [];
    private readonly string _prefix = $" {tag} ";
    private readonly List<StreamEntry> _streams = [];
    private readonly List<(StreamEntry Stream, int Latest)> _latest = [];

    private void JudgeSend(RequestEntry request, MessageEntry message, Reply reply, Moment now)
    {
        message.Outstanding--;
        if (reply.Outcome == RequestOutcome.Unavailable) message.IsUnknown = true;
        if (reply.Error == Reply.NoRecipient && message.Stream.Recipient is { Name: not Nobody, RemovalBegun: null }
            && IsCertainlyWelcome(message.Stream.Recipient, message.Stream.Sender, true, request.Begun))
            Accuse(Invariants.ReplyForm, $"{message.Stream.Recipient.Name} was said not to exist", new History().Add(request, now));
        if (reply.Error == Reply.IdUsed && !message.ReusesId)
            Accuse(Invariants.OnceEach, $"the ID of {History.Name(message)} was said to stand for another message",
                new History().Add(message).Add(request, now));
        if (reply.Outcome != RequestOutcome.Done)
        {
            if (message.IsRefused && message.Deliveries.Count > 0) AccuseOfRefused(message, new History());
            return;
        }
        if (message.ReusesId)
        {
            Accuse(Invariants.OnceEach, $"{History.Name(message)} got the receipt of another message, whose ID it reuses",
                new History().Add(message).Add(request, now));
            return;
        }
        CountAcknowledgement(request, now);
        JudgeRemoved(request, message, now);
        if (message.IsBarred) AccuseOfBarred(message, "is said to be sent", new History().Add(request, now));
        if (message.Acknowledged is null)
        {
            message.Acknowledged = now;
            JudgeLimit(message, now);
            if (message.Stream.Recipient.IsRoom) ShareOut(message, now);
            else if (message.Received is null) message.Stream.Recipient.Backlog++;
        }
        if (reply.Id is null) return;
        if (message.Receipt is null) KeepReceipt(message.OnceId!, message.Receipt = reply.Id);
        if (message.Receipt != reply.Id)
            Accuse(Invariants.OnceEach, $"{History.Name(message)} got two receipts for one ID",
                new History().Add(message).Add(request, now));
    }

    private void KeepReceipt(string onceId, string messageId)
    {
        // Only the latest receipts are kept.
        if (_receipts.Count == MaxReceipts) _receipts.Dequeue();
        _receipts.Enqueue((onceId, Guid.Parse(messageId)));
    }

    private void JudgeInbox(RequestEntry request, Reply reply, Moment now)
    {
        var user = request.User;
        user.OpenInboxes.Remove(request);
        if (reply is { Outcome: RequestOutcome.Done, Problem: null })
        {
            request.Handed = reply.Messages.Count;
            _handedOver += reply.Messages.Count;
            var latestBegun = default(MessageEntry);
            var sender = "";
            foreach (var shown in reply.Messages)
            {
                var isFirst = shown.Room is null && shown.Sender != sender;
                sender = shown.Room is null ? shown.Sender : "";
                if (Find(request, shown, now) is not { } message) continue;
                JudgeHandOver(request, message, now);
                // A room has numbers of its own.
                if (!isFirst) continue;
                JudgeSenderOrder(request, message, latestBegun, now);
                if (latestBegun is null || latestBegun.Begun.IsBefore(message.Begun)) latestBegun = message;
            }
            foreach (var (stream, latest) in _latest) JudgeSkipped(request, stream, latest, now);
            _latest.Clear();
            if (reply.Messages.Count == 0) JudgeEmpty(request, now);
        }
        Forget(user);
    }

    private void JudgeSenderOrder(RequestEntry request, MessageEntry first, MessageEntry? latestBegun, Moment now)
    {
        if (latestBegun is null || first.Acknowledged is not { } acknowledged || !acknowledged.IsBefore(latestBegun.Begun)) return;
        Accuse(Invariants.Order,
            $"{first.Stream.Sender.Name} comes after {latestBegun.Stream.Sender.Name}, whose first unread message was sent later",
            new History().Add(first).Add(latestBegun).Add(request, now));
    }

    private MessageEntry? Find(RequestEntry request, ShownMessage shown, Moment now)
    {
        if (!shown.Text.StartsWith(_prefix, StringComparison.Ordinal)) return null;
        if (Parse(shown.Text) is not var (stream, sequence))
        {
            Accuse(Invariants.OnceEach, "a message came that nobody sent like this", new History().Add(request, now));
            return null;
        }
        var id = stream.Id;
        if (shown.Room is not null && stream.Recipient.Name == shown.Room && stream.Sender != request.User
            && MayBeShownAs(stream.Sender, shown.Sender.ToLowerInvariant(), request, now)) return FindCopy(request, stream, sequence, now);
        if (shown.Room is not null || stream.Recipient != request.User || !MayBeShownAs(stream.Sender, shown.Sender, request, now))
            Accuse(Invariants.OnceEach, $"message {id}/{sequence} has the wrong recipient or the wrong sender",
                new History().Add(request, now));
        else if (stream.Live.TryGetValue(sequence, out var message)) return message;
        else Accuse(Invariants.OnceEach, $"message {id}/{sequence} came again long after it was received", new History().Add(request, now));
        return null;
    }

    /// <summary>The stream and the sequence of a message of this run, by its text; null if it is none.</summary>
    private (StreamEntry Stream, int Sequence)? Parse(string text)
    {
        var words = text.Split(' ');
        return words.Length == 4 && words[0].Length == 0 && words[1] == tag && text.EndsWith("\r\n", StringComparison.Ordinal)
            && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && int.TryParse(words[3].AsSpan()[..^2], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && id < _streams.Count && sequence < _streams[id].Next ? (_streams[id], sequence) : null;
    }

    private void JudgeHandOver(RequestEntry request, MessageEntry message, Moment now)
    {
        var again = false;
        foreach (var delivery in message.Deliveries) again |= delivery.Request.Connection == request.Connection;
        message.Deliveries.Add(new DeliveryEntry(request, now));
        if (again)
            Accuse(Invariants.OnceEach, $"{History.Name(message)} was delivered twice on one connection", new History().Add(message));
        else if (message.Received is { } received && received.IsBefore(request.Begun))
            Accuse(Invariants.OnceEach, $"{History.Name(message)} was delivered again after its receipt was final",
                new History().Add(message));
        var sent = message.Original ?? message;
        if (sent.Row is { Deleted: { } deleted } row && deleted.When.IsBefore(request.Begun))
            AccuseOf(row, sent.Stream.Recipient, "is handed over after its deletion", request, now);
        if (sent.IsForbidden)
            Accuse(Invariants.LoggedOutOpensNothing,
                $"{History.Name(message)} was stored though its session was logged out before it was sent",
                new History().Add(message).Add(request.Session!));
        else if (sent.ReusesId)
            Accuse(Invariants.OnceEach, $"{History.Name(message)} was stored under an ID that stands for another message",
                new History().Add(message));
        else if (sent.IsRefused) AccuseOfRefused(message, new History());
        if (request.Connection.HasEnded) message.MayBeReceived = true;
        else if (message.Received is null) request.Connection.Unshown.Add(message);
        JudgeOrder(message);
    }

    private void JudgeOrder(MessageEntry message)
    {
        if (message.Acknowledged is null || !IsOrdered(message)) return;
        for (var i = 0; i < _latest.Count; i++)
        {
            if (_latest[i].Stream != message.Stream) continue;
            if (_latest[i].Latest > message.Sequence)
                Accuse(Invariants.Order, $"{History.Name(message)} came after one that was sent later", new History().Add(message));
            else _latest[i] = (message.Stream, message.Sequence);
            return;
        }
        _latest.Add((message.Stream, message.Sequence));
    }

    /// <summary>A later message of the stream came, so those before it must have come on this connection, or have been received.</summary>
    private void JudgeSkipped(RequestEntry request, StreamEntry stream, int latest, Moment now)
    {
        foreach (var message in stream.Live.Values)
        {
            if (message.Sequence < latest && IsOrdered(message))
                JudgeAbsent(request, message, now, $"a later one of its stream, {stream.Id}/{latest}, came without it");
        }
    }

    /// <summary>The mailbox is empty, so messages acknowledged before must have come on this connection or have been received.</summary>
    private void JudgeEmpty(RequestEntry request, Moment now)
    {
        if (request.User.Backlog == 0) return;
        request.User.Incoming.RemoveAll(stream => stream.Live.Count == 0 && !stream.Connection.IsOpen);
        foreach (var message in request.User.Incoming.SelectMany(stream => stream.Live.Values))
        {
            if (message.Acknowledged is { } acknowledged && acknowledged.IsBefore(request.Begun))
                JudgeAbsent(request, message, now, "the mailbox was empty without it");
        }
    }

    private void JudgeAbsent(RequestEntry request, MessageEntry message, Moment now, string how)
    {
        if (!IsGone(message)) return;
        foreach (var delivery in message.Deliveries)
            if (delivery.Request.Connection == request.Connection) return;
        AccuseOfLoss(message, new History().Add(request, now), how);
        // One accusation per message is enough.
        message.MayBeReceived = true;
    }

    private static bool IsGone(MessageEntry message) =>
        message is { Acknowledged: not null, Received: null, MayBeReceived: false }
            && message.Begun.Order >= message.Stream.Recipient.ExcusedBefore;

    private void AccuseOfLoss(MessageEntry message, History history, string how)
    {
        history.Add(message);
        if (message.Stream.Room is { } room) AddWishes(history, room, message.Stream.Recipient);
        var lost = message.Stream.Recipient.InboxLost;
        if (message.Deliveries.Count > 0)
            Accuse(Invariants.ReceivedBeforeGone,
                $"{History.Name(message)} was delivered, its receipt was never shown, and it is gone: {how}", history);
        else if (lost is { } when && message.Begun.IsBefore(when))
            Accuse(Invariants.ReceivedBeforeGone, $"{History.Name(message)} is gone, perhaps with a reply that did not arrive whole: {how}",
                history.Add(when, $"a reply to an Inbox of {message.Stream.Recipient.Name} did not arrive whole"));
        else
            Accuse(Invariants.AcknowledgedIsDurable, $"{History.Name(message)} was acknowledged and is lost: {how}", history);
    }

    private static bool IsOrdered(MessageEntry message) => (message.Original ?? message).IsOrdered;

    private void AccuseOfRefused(MessageEntry message, History history) =>
        Accuse(Invariants.OnceEach, $"{History.Name(message)} was answered with an error but came nevertheless", history.Add(message));
}
