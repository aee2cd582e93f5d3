namespace OrleansChat.Verification.Ledgers;

/// <summary>Knows which messages were received.</summary>
internal sealed partial class Ledger
{
    /// <summary>This many received messages per user are kept although settled, to show the history if one comes again.</summary>
    private const int KeptReceived = 256;

    private static void ShowReceipts(RequestEntry request, Moment now)
    {
        if (request.Shows is not { } shown) return;
        request.Shows = null;
        // An unavailable service may not have got further than trying: the next line will tell.
        if (request.Outcome == RequestOutcome.Unavailable)
        {
            request.Connection.Unshown.AddRange(shown);
            return;
        }
        foreach (var message in shown)
        {
            Receive(message, now);
            if (message.Row is { } row) request.User.Log.Received = Math.Max(request.User.Log.Received, row.Number);
        }
        Forget(request.User);
    }

    /// <summary>Records that the receipt of a message is final.</summary>
    private static void Receive(MessageEntry message, Moment now)
    {
        if (message.Received is not null) return;
        message.Received = now;
        var user = message.Stream.Recipient;
        if (message.Acknowledged is not null) user.Backlog--;
        user.Received.Enqueue(message);
    }

    /// <summary>Forgets received messages that no inbox under way can hold any more.</summary>
    private static void Forget(UserEntry user)
    {
        var oldest = user.OpenInboxes.Count > 0 ? user.OpenInboxes[0].Begun.Order : long.MaxValue;
        while (user.Received.Count > KeptReceived && user.Received.Peek() is var message
            && message.Received!.Value.Order < oldest && message.Outstanding == 0)
        {
            message.Stream.Live.Remove(message.Sequence);
            user.Received.Dequeue();
        }
    }
}
