using System.Text.Json.Nodes;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients.Web;

// Conversations.
internal sealed partial class WebDoor
{
    public Task<Outcome<ConversationPage>?> ReadPageAsync(string token, PageRequest asked, long log)
    {
        var (peer, number) = (asked.Peer, asked.Place.Received + asked.Place.Sent);
        var place = asked.Kind switch
        {
            PageKind.Newest => "",
            PageKind.Around => $"&around={log}:{number}&epoch={asked.Epoch}",
            PageKind.Before => $"&before={Cursor.Show(asked.Place, asked.Epoch, peer)}",
            _ => $"&after={Cursor.Show(asked.Place, asked.Epoch, peer)}",
        };
        return AskAsync(
            new WebAsk("GET", $"/v1/messages?user={peer}&limit={asked.Limit}{place}", token), [NotFound, Epoch], body =>
            {
                var (older, newer) = (PlaceOf("older"), PlaceOf("newer"));
                return new ConversationPage(
                    "", Array.ConvertAll(body.Items("entries"), entry => entry.Entry(Form.NameOf(peer))), older, newer);

                ConversationPlace? PlaceOf(string side) => body.TextOrEnd(side) is { } cursor
                    ? Place(cursor, text => Cursor.ReadPage(text, peer), at => Cursor.Show(at.Place, at.Epoch, peer)).Place
                    : null;
            });
    }

    public Task<Outcome<ConversationList>?> ListConversationsAsync(string token, int limit, ListPlace? before)
    {
        var from = before is { } at ? $"&before={Cursor.Show(at, memory.Epoch)}" : "";
        return AskAsync(new WebAsk("GET", $"/v1/conversations?limit={limit}{from}", token), [Epoch], body =>
        {
            var ends = body.Positions("ends");
            var inbox = Array.Find(ends, end => end.LogId == memory.Inbox)
                ?? throw new AnswerFormException("'ends' does not name the inbox");
            memory.Epoch = body.Text("epoch");
            return new ConversationList(
                memory.Epoch, inbox.LogId, inbox.Number,
                Array.ConvertAll(body.Items("conversations"), conversation => conversation.Conversation(isInList: true)),
                body.TextOrEnd("older") is { } cursor
                    ? Place(cursor, Cursor.ReadList, place => Cursor.Show(place.Place, place.Epoch)).Place
                    : null,
                [.. ends.Where(end => end != inbox)]);
        });
    }

    public Task<Outcome<Conversation>?> FindConversationAsync(string token, string peer) => AskAsync(
        new WebAsk("GET", $"/v1/conversations?{QueryOf(peer)}", token), [NotFound], body => body.Conversation(isInList: false, peer));

    public Task<Outcome<Conversation>?> SetMutedAsync(string token, string peer, bool isMuted) => AskAsync(
        new WebAsk("PATCH", $"/v1/conversations?{QueryOf(peer)}", token) { Body = new() { ["muted"] = isMuted } }, [NotFound],
        body => body.Conversation(isInList: false, peer));

    public async Task<Outcome<Conversation>?> MarkReadAsync(string token, string epoch, string peer, long upTo)
    {
        var marked = await MarkAsync(token, epoch, peer, memory.Inbox, upTo);
        if (marked is not { } outcome) return null;
        return outcome.TryGet(out var at, out var refusal)
            ? (Outcome<Conversation>)new Conversation(peer, "", memory.Inbox, null, at.Unread, at.UnreadAt, at.Read, false)
            : (Outcome<Conversation>)refusal;
    }

    public Task<Outcome<Position>?> SetBlockedAsync(string token, string peer, bool isBlocked) => AskAsync(
        new WebAsk(isBlocked ? "PUT" : "DELETE", $"/v1/blocks/{peer}", token) { Success = [204] }, [NotFound], _ => new Position(0, 0));

    public Task<Outcome<string[]>?> ListBlockedAsync(string token) => AskAsync(
        new WebAsk("GET", "/v1/blocks", token), [], body => Array.ConvertAll(
            body.Items("blocks"), name => name.GetString() ?? throw new AnswerFormException("a name is missing")));

    public Task<Outcome<Position>?> DeleteAsync(string token, string epoch, string recipient, long log, long number) => AskAsync(
        new WebAsk("DELETE", $"/v1/messages/{log}/{number}?epoch={epoch}", token), [NotFound, Epoch],
        body => new Position(body.Log("log"), body.Number("number")));

    public Task<Outcome<LogPart>?> ReadLogAsync(string token, string epoch, long after, int limit) =>
        ReadLogAsync(token, epoch, memory.Inbox, after, limit, null);

    public async Task<Outcome<Position>?> ReceiveAsync(string token, string epoch, long number)
    {
        var received = await ReceiveAsync(token, epoch, [new Position(memory.Inbox, number)]);
        if (received is not { } outcome) return null;
        return outcome.TryGet(out var logs, out var refusal) ? (Outcome<Position>)logs.Logs[0] : (Outcome<Position>)refusal;
    }

    /// <summary>Says up to which numbers everything of some logs has arrived.</summary>
    public Task<Outcome<Positions>?> ReceiveAsync(string token, string epoch, Position[] logs)
    {
        var numbers = new JsonObject();
        foreach (var (log, number) in logs) numbers[$"{log}"] = number;
        return AskAsync(
            new WebAsk("POST", "/v1/received", token) { Body = new() { ["epoch"] = epoch, ["logs"] = numbers } }, [NotFound, Epoch], body =>
            {
                var received = body.Positions("received");
                return received.Select(at => at.LogId).Order().SequenceEqual(logs.Select(at => at.LogId).Order())
                    ? new Positions(received)
                    : throw new AnswerFormException("other logs are answered than those that were named");
            });
    }

    /// <summary>Reads a part of a log.</summary>
    /// <param name="token">The session that asks.</param>
    /// <param name="epoch">The epoch of the number.</param>
    /// <param name="log">The log.</param>
    /// <param name="after">The number after which to read.</param>
    /// <param name="limit">The most entries.</param>
    /// <param name="room">The room that it is of, as a conversation; null for the inbox.</param>
    private Task<Outcome<LogPart>?> ReadLogAsync(string token, string epoch, long log, long after, int limit, string? room) => AskAsync(
        new WebAsk("GET", $"/v1/logs/{log}?after={after}&epoch={epoch}&limit={limit}", token), [NotFound, Epoch], (_, body) =>
        {
            // In a room, what its reader may not see is no gap.
            var last = after;
            return new LogPart(Array.ConvertAll(body.Items("entries"), entry =>
            {
                var read = room is null ? entry.Entry(null) : entry.Entry(room, last);
                last = read.Number;
                return read;
            }), body.Number("last"), null);
        },
        problem => new LogPart([], Ledger.NotSaid, problem.Number("first")));

    private Task<Outcome<Marked>?> MarkAsync(string token, string epoch, string peer, long log, long upTo) => AskAsync(
        new WebAsk("PUT", "/v1/read", token)
        {
            Body = new() { ["epoch"] = epoch, ["log"] = $"{log}", ["conversation"] = Form.NameOf(peer), ["upTo"] = upTo },
        },
        [NotFound, Epoch], body => new Marked(body.Number("read"), body.Unread(isInList: false), body.Number("unreadAt")));

    private static string QueryOf(string peer) => peer.StartsWith('#') ? $"room={peer[1..]}" : $"user={peer}";

    private sealed record Marked(long Read, int Unread, long UnreadAt);
}
