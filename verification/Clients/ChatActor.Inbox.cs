using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Clients;

internal sealed partial class ChatActor
{
    /// <summary>Reads one reply of the inbox.</summary>
    public async Task ReadInboxAsync(InboxWay way = InboxWay.Plain)
    {
        LastHanded = 0;
        if (_wire is not { } wire || !HasSession) return;
        var request = Begin(RequestKind.Inbox);
        List<RequestEntry> requests = way == InboxWay.Pipelined ? [request, Begin(RequestKind.ListUsers)] : [request];
        switch (way)
        {
            case InboxWay.ResetBeforeReply:
                await WriteAsync(requests, LinesOf(requests));
                Drop(requests, gaveUp: true);
                break;
            case InboxWay.ResetInReply:
                if (!await WriteAsync(requests, LinesOf(requests))) break;
                var reading = TryReadAsync(wire);
                if (await InTimeAsync(reading, options.ResetAfter) && await reading is { } reply) ledger.Answered(request, reply);
                Drop(requests, gaveUp: true);
                break;
            case InboxWay.EndThenRead:
                if (!await WriteAsync(requests, LinesOf(requests))) break;
                End(wire);
                if (await ReadRepliesAsync(requests)) await ReadToEndAsync(wire);
                break;
            case InboxWay.Slow:
                if (!await WriteAsync(requests, LinesOf(requests))) break;
                await Task.Delay(options.Slowness, time);
                await ReadRepliesAsync(requests);
                break;
            default:
                await ExchangeAsync(requests);
                if (way == InboxWay.ResetAfterReply) Reset();
                break;
        }
        LastOutcome = request.Outcome;
        LastHanded = request.Handed;
    }

    /// <summary>Closes the connection in order.</summary>
    public async Task EndAsync()
    {
        if (_wire is not { } wire) return;
        End(wire);
        await ReadToEndAsync(wire);
    }

    /// <summary>Resets the connection, if there is one.</summary>
    public void Reset() => Drop([], gaveUp: true);

    /// <summary>Falls silent: the service does not learn that the connection is gone.</summary>
    public void Vanish()
    {
        if (_wire is not { } wire || _connection is not { } connection) return;
        (_wire, _connection) = (null, null);
        wire.Vanish();
        ledger.Closed(connection, silently: true);
    }

    private void End(Wires.IWire wire)
    {
        ledger.Ended(_connection!);
        wire.EndWriting();
    }

    // After the last reply, only the service's own close follows.
    private async Task ReadToEndAsync(Wires.IWire wire)
    {
        await InTimeAsync(TryReadAsync(wire));
        Drop([], gaveUp: false);
    }
}
