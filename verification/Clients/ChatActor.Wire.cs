using System.Text;
using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients;

internal sealed partial class ChatActor
{
    private static byte[] BytesOf(string text) => Encoding.UTF8.GetBytes(text);

    private Task ExchangeAsync(IReadOnlyList<RequestEntry> requests) => ExchangeAsync(requests, LinesOf(requests));

    private async Task ExchangeAsync(IReadOnlyList<RequestEntry> requests, string lines)
    {
        if (await WriteAsync(requests, lines)) await ReadRepliesAsync(requests);
        if (requests.Count > 0) LastOutcome = requests[^1].Outcome;
    }

    private async Task<bool> WriteAsync(IReadOnlyList<RequestEntry> requests, string lines)
    {
        var wire = _wire!;
        var writing = TryAsync(() => wire.WriteAsync(BytesOf(lines)));
        var inTime = await InTimeAsync(writing);
        if (inTime && await writing) return true;
        Drop(requests, gaveUp: !inTime);
        return false;
    }

    private async Task<bool> ReadRepliesAsync(IReadOnlyList<RequestEntry> requests)
    {
        var wire = _wire!;
        foreach (var request in requests)
        {
            var reading = TryReadAsync(wire);
            var inTime = await InTimeAsync(reading);
            if (!inTime || await reading is not { } reply)
            {
                Drop(requests, gaveUp: !inTime);
                return false;
            }
            ledger.Answered(request, reply);
        }
        return true;
    }

    /// <summary>Gives the connection up or finds it broken; the outstanding replies are lost with it.</summary>
    private void Drop(IReadOnlyList<RequestEntry> requests, bool gaveUp)
    {
        var (wire, connection) = (_wire, _connection);
        (_wire, _connection) = (null, null);
        wire?.Reset();
        foreach (var request in requests)
            if (request.Outcome is null) ledger.Lost(request, gaveUp);
        if (connection is not null) ledger.Closed(connection, silently: false);
    }

    private string LinesOf(IReadOnlyList<RequestEntry> requests)
    {
        var lines = new StringBuilder();
        foreach (var request in requests)
        {
            var token = request.Session?.Token;
            var message = request.Message;
            lines.Append(request.Kind switch
            {
                RequestKind.Send => $"send {token} {message!.Stream.Recipient.Name}{ledger.TextOf(message)}",
                RequestKind.SendOnce => $"sendonce {token} {message!.OnceId} {message.Stream.Recipient.Name}{ledger.TextOf(message)}",
                RequestKind.Inbox => $"inbox {token}",
                RequestKind.ListUsers => $"listuser {token}",
                RequestKind.LogOut => $"logout {token}",
                _ => throw new InvalidOperationException($"{request.Kind} has no line here."),
            }).Append("\r\n");
        }
        return lines.ToString();
    }

    private Task<bool> InTimeAsync(Task task) => InTimeAsync(task, options.Timeout);

    private async Task<bool> InTimeAsync(Task task, TimeSpan timeout)
    {
        if (task.IsCompleted) return true;
        using var done = new CancellationTokenSource();
        await Task.WhenAny(task, Task.Delay(timeout, time, done.Token));
        done.Cancel();
        return task.IsCompleted;
    }

    private async Task<IWire?> TryConnectAsync(int gateway)
    {
        try
        {
            return await wires.ConnectAsync(gateway);
        }
        catch (WireBrokenException)
        {
            return null;
        }
    }

    private static async Task ResetLateAsync(Task<IWire?> connecting) => (await connecting)?.Reset();

    private static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (WireBrokenException)
        {
            return false;
        }
    }

    private static async Task<string?> TryReadAsync(IWire wire)
    {
        try
        {
            return await wire.ReadReplyAsync();
        }
        catch (WireBrokenException)
        {
            return null;
        }
    }
}
