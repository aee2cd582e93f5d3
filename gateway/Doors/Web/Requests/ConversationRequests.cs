using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Lists conversations, mutes them, moves what was read of them; blocks users.</summary>
internal sealed class ConversationRequests(GatewayServices services)
{
    private readonly MarkerPace _pace = new(services.Time);

    public IReadOnlyList<WebRoute> Routes =>
    [
        new("GET", "/v1/conversations", "Conversations, the one with the latest message first; or one of them.", ReadAsync)
        {
            Query = ["user", "room", "limit", "before"], Returns = typeof(ConversationsBody),
            Errors = [ProblemCode.NotFound, ProblemCode.Epoch],
        },
        new("PATCH", "/v1/conversations", "Mutes a conversation, or no longer.", MuteAsync)
        {
            Query = ["user", "room"], Body = typeof(MuteBody), Returns = typeof(ConversationBody), Errors = [ProblemCode.NotFound],
        },
        new("PUT", "/v1/read", "A person has read everything of a conversation up to a number.", MarkReadAsync)
        {
            Body = typeof(ReadBody), Returns = typeof(MarkerBody), Errors = [ProblemCode.NotFound, ProblemCode.Epoch],
        },
        new("GET", "/v1/blocks", "The users whom the user has blocked.", ListBlockedAsync) { Returns = typeof(BlocksBody) },
        new("PUT", "/v1/blocks/{user}", "Blocks a user: what they begin to send from now on is refused.", BlockAsync)
        {
            Success = [204], Errors = [ProblemCode.NotFound],
        },
        new("DELETE", "/v1/blocks/{user}", "Ends a block.", UnblockAsync) { Success = [204], Errors = [ProblemCode.NotFound] },
    ];

    private static async Task<WebAnswer> ReadAsync(WebRequest request)
    {
        if (request.Query("user") is not null || request.Query("room") is not null)
        {
            if (request.Query("limit") is not null || request.Query("before") is not null)
                throw RequestException.Bad("'limit' and 'before' go with the list, not with one conversation.");
            var (key, peer) = (request.SessionKey, request.Peer());
            var one = RoomName.TryParse(peer, out var room)
                ? await request.Session.FindRoomConversationAsync(key, room)
                : await request.Session.FindConversationAsync(key, peer);
            return WebAnswer.Of(Entries.Of(WebRequest.Expect(one), UnreadCount.MostOfOne));
        }
        var (place, epoch) = request.Query("before") is { } before ? Cursor.ReadList(before) : default;
        var list = WebRequest.Expect(await request.Session.ListAllConversationsAsync(
            request.SessionKey, request.Limit(), epoch is null ? null : place));
        if (epoch is not null && epoch != list.Epoch) throw Refused.Because(Refusal.OtherEpoch);
        var ends = (list.Rooms ?? []).Append(new Position(list.LogId, list.End));
        return WebAnswer.Of(new ConversationsBody(
            list.Epoch, ends.ToDictionary(end => Formats.ShowLog(end.LogId), end => end.Number),
            Array.ConvertAll(list.Conversations, conversation => Entries.Of(conversation, UnreadCount.MostInList)),
            Cursor.Show(list.Older, list.Epoch)));
    }

    private static async Task<WebAnswer> MuteAsync(WebRequest request)
    {
        var (key, peer) = (request.SessionKey, request.Peer());
        var body = await request.ReadBodyAsync<MuteBody>();
        var muted = RoomName.TryParse(peer, out var room)
            ? await request.Session.SetRoomMutedAsync(key, room, body.Muted)
            : await request.Session.SetMutedAsync(key, peer, body.Muted);
        return WebAnswer.Of(Entries.Of(WebRequest.Expect(muted), UnreadCount.MostOfOne));
    }

    private async Task<WebAnswer> MarkReadAsync(WebRequest request)
    {
        var key = request.SessionKey;
        var body = await request.ReadBodyAsync<ReadBody>();
        if (body.UpTo < 0) throw RequestException.Bad("'upTo' is a number of a log: it is not negative.");
        var (epoch, log) = (WebRequest.CheckEpoch(body.Epoch), Formats.ReadLog(body.Log));
        if (Formats.ReadPeer(body.Conversation) is not { } peer || log is not { } named)
            throw RequestException.NotFound("There is no such conversation, or no such log.");
        if (key is not null && !_pace.MayMove(key, peer))
        {
            throw new RequestException(ProblemCode.TooMany, "A marker of a conversation moves at most once in 2 seconds.")
            {
                RetryAfter = (int)MarkerPace.Every.TotalSeconds,
            };
        }
        var outcome = RoomName.TryParse(peer, out var room)
            ? MarkerOf(await request.Session.MarkRoomReadAsync(key, epoch, room, body.UpTo, named))
            : MarkerOf(await request.Session.MarkReadAsync(key, epoch, peer, body.UpTo, named));
        // What was refused has moved nothing: the next try, with what was wrong put right, need not wait.
        if (!outcome.TryGet(out _, out _) && key is not null) _pace.TakeBack(key, peer);
        return WebAnswer.Of(WebRequest.Expect(outcome));
    }

    private static Outcome<MarkerBody> MarkerOf(Outcome<Conversation> marked) =>
        marked.TryGet(out var at, out var refusal) ? MarkerOf(at.Read, at.Unread, at.UnreadAt) : refusal;

    private static Outcome<MarkerBody> MarkerOf(Outcome<RoomInfo> marked) =>
        marked.TryGet(out var room, out var refusal) ? MarkerOf(room.Mine!.Read, room.Mine.Unread, room.Mine.Last) : refusal;

    private static MarkerBody MarkerOf(long read, int unread, long unreadAt) =>
        new(read, new UnreadCount(unread, UnreadCount.MostOfOne), unreadAt);

    private static async Task<WebAnswer> ListBlockedAsync(WebRequest request) =>
        WebAnswer.Of(new BlocksBody(WebRequest.Expect(await request.Session.ListBlockedAsync(request.SessionKey))));

    private static Task<WebAnswer> BlockAsync(WebRequest request) => SetBlockedAsync(request, isBlocked: true);

    private static Task<WebAnswer> UnblockAsync(WebRequest request) => SetBlockedAsync(request, isBlocked: false);

    private static async Task<WebAnswer> SetBlockedAsync(WebRequest request, bool isBlocked)
    {
        var key = request.SessionKey;
        WebRequest.Expect(await request.Session.SetBlockedAsync(key, request.PathUser(), isBlocked));
        return WebAnswer.Done;
    }
}
