using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients.Web;

// Rooms.
internal sealed partial class WebDoor
{
    private const int MostMembers = 200;

    public Task<Outcome<RoomChangeReply>?> ChangeRoomAsync(string token, string room, RoomChangeRequest change)
    {
        var path = $"/v1/rooms/{room}";
        return change.Action switch
        {
            RoomAction.Create => AskAsync(
                new WebAsk("POST", "/v1/rooms", token)
                {
                    Body = new()
                    {
                        ["room"] = room,
                        ["title"] = change.Title,
                        ["kind"] = change.IsPublic == true ? "public" : "private",
                        ["history"] = change.ShowsAll == true ? "all" : "joined",
                    },
                    Success = [201],
                },
                [Forbidden, NotFound, "exists"], body => body.Room() is { Mine: { } mine }
                    ? new RoomChangeReply(RoomChangeStatus.Done, mine.LogId, mine.Joined)
                    // Somebody has removed the founder already.
                    : new RoomChangeReply(RoomChangeStatus.Done, Ledger.NotSaid, 1)),
            RoomAction.Set => AskAsync(
                new WebAsk("PATCH", path, token) { Body = new() { ["title"] = change.Title } }, [Forbidden, NotFound],
                body => new RoomChangeReply(RoomChangeStatus.Done, body.Room().Mine?.LogId ?? 0, 0)),
            RoomAction.Delete => AskAsync(
                new WebAsk("DELETE", path, token) { Success = [204] }, [Forbidden, NotFound],
                _ => new RoomChangeReply(RoomChangeStatus.Done, 0, 0)),
            RoomAction.Join => Put(memory.User, null),
            RoomAction.Add => Put(change.User!, null),
            RoomAction.SetRole => Put(change.User!, change.Role),
            RoomAction.Leave => Remove(memory.User),
            _ => Remove(change.User!),
        };

        Task<Outcome<RoomChangeReply>?> Put(string user, MemberRole? role) => AskMemberAsync(
            new WebAsk("PUT", $"{path}/members/{user}", token)
            {
                Body = role is { } given ? new() { ["role"] = Form.WordOf(given) } : null,
            });

        Task<Outcome<RoomChangeReply>?> Remove(string user) =>
            AskMemberAsync(new WebAsk("DELETE", $"{path}/members/{user}", token));
    }

    public Task<Outcome<RoomInfo>?> FindRoomAsync(string token, string room) => AskAsync(
        new WebAsk("GET", $"/v1/rooms/{room}", token), [NotFound],
        body => memory.Learn(body.Room()) is { } found && found.Name == room ? found : throw new AnswerFormException("it is another room"));

    public Task<Outcome<RoomMember[]>?> ListMembersAsync(string token, string room) => AskAsync(
        new WebAsk("GET", $"/v1/rooms/{room}/members?limit={MostMembers}", token), [NotFound], body => body.TextOrEnd("next") is null
            ? Array.ConvertAll(body.Items("members"), member =>
                new RoomMember(0, member.Text("user"), member.Text("name"), member.Role("role")))
            : throw new AnswerFormException("more members are said to follow than there are users"));

    public Task<Outcome<RoomInfo[]>?> ListRoomsAsync(string token, bool isMine, int limit, string after)
    {
        var from = after.Length > 0 ? $"&after={after}" : "";
        return AskAsync(new WebAsk("GET", $"/v1/rooms?limit={limit}{from}{(isMine ? "&mine=true" : "")}", token), [], body =>
        {
            var rooms = Array.ConvertAll(body.Items("rooms"), room => memory.Learn(room.Room()));
            return body.TextOrEnd("next") is not { } next || (rooms.Length == limit && next == rooms[^1].Name)
                ? rooms
                : throw new AnswerFormException("'next' is not the last room of a full page");
        });
    }

    public Task<Outcome<RoomPage>?> ReadRoomPageAsync(string token, RoomPageRequest asked, long log)
    {
        var room = asked.Room;
        var place = asked.Kind switch
        {
            PageKind.Newest => "",
            PageKind.Around => $"&around={log}:{asked.Place}&epoch={asked.Epoch}",
            PageKind.Before => $"&before={Cursor.Show(asked.Place, log, asked.Epoch, room)}",
            _ => $"&after={Cursor.Show(asked.Place, log, asked.Epoch, room)}",
        };
        return AskAsync(
            new WebAsk("GET", $"/v1/messages?room={room}&limit={asked.Limit}{place}", token), [NotFound, Epoch], body =>
            {
                var entries = Array.ConvertAll(body.Items("entries"), entry => entry.Entry($"#{room}"));
                var (older, newer) = (PlaceOf("older"), PlaceOf("newer"));
                return memory.Learn(room, new RoomPage(
                    "", older?.Log ?? newer?.Log ?? (entries is [var first, ..] ? first.LogId : log), entries, older?.Number,
                    newer?.Number));

                (long Number, long Log, string Epoch)? PlaceOf(string side) => body.TextOrEnd(side) is { } cursor
                    ? Place(cursor, text => Cursor.ReadRoom(text, room), at => Cursor.Show(at.Number, at.Log, at.Epoch, room))
                    : null;
            });
    }

    public Task<Outcome<LogPart>?> ReadRoomLogAsync(string token, string epoch, long log, long after, int limit) =>
        ReadLogAsync(token, epoch, log, after, limit, memory.RoomOf(log));

    public async Task<Outcome<RoomInfo>?> MarkRoomReadAsync(string token, string epoch, string room, long log, long upTo)
    {
        var marked = await MarkAsync(token, epoch, $"#{room}", log, upTo);
        if (marked is not { } outcome) return null;
        if (!outcome.TryGet(out var at, out var refusal)) return (Outcome<RoomInfo>)refusal;
        var mine = new RoomMembership(log, default, Ledger.NotSaid, 0, at.Read, false, at.UnreadAt, at.Unread);
        return (Outcome<RoomInfo>)new RoomInfo(epoch, room, "", false, false, 0, mine);
    }

    public Task<Outcome<Position>?> DeleteInRoomAsync(string token, string epoch, string room, long log, long number) =>
        DeleteAsync(token, epoch, room, log, number);

    private Task<Outcome<RoomChangeReply>?> AskMemberAsync(WebAsk ask) => AskAsync(
        ask, [Forbidden, NotFound], body => new RoomChangeReply(RoomChangeStatus.Done, body.Log("log"), body.Number("number")));
}
