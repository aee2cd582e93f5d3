using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Makes, shows, changes and deletes rooms. To somebody outside, a private room is not found.</summary>
internal static class RoomRequests
{
    public static readonly WebRoute[] Routes =
    [
        new("POST", "/v1/rooms", "Makes a room; who makes it owns it.", CreateAsync)
        {
            Body = typeof(NewRoomBody), Returns = typeof(RoomBody), Success = [201],
            Errors = [ProblemCode.Forbidden, ProblemCode.NotFound, ProblemCode.Exists],
        },
        new("GET", "/v1/rooms", "The public rooms by name, or those of the user.", ListAsync)
        {
            Query = ["mine", "limit", "after"], Returns = typeof(RoomsBody),
        },
        new("GET", "/v1/rooms/{room}", "A room; its members see more of it.", ReadAsync)
        {
            Returns = typeof(RoomBody), Errors = [ProblemCode.NotFound],
        },
        new("PATCH", "/v1/rooms/{room}", "Sets a room's title, who may join, and what new members see.", ChangeAsync)
        {
            Body = typeof(RoomChangeBody), Returns = typeof(RoomBody), Errors = [ProblemCode.Forbidden, ProblemCode.NotFound],
        },
        new("DELETE", "/v1/rooms/{room}", "Deletes a room with all its messages.", DeleteAsync)
        {
            Success = [204], Errors = [ProblemCode.Forbidden, ProblemCode.NotFound],
        },
    ];

    private static async Task<WebAnswer> CreateAsync(WebRequest request)
    {
        var key = request.SessionKey;
        var body = await request.ReadBodyAsync<NewRoomBody>();
        var change = request.Session.NewChange(RoomAction.Create) with
        {
            Title = body.Title,
            IsPublic = RoomWords.ReadKind(body.Kind),
            ShowsAll = RoomWords.ReadHistory(body.History),
        };
        WebRequest.Expect(await request.Session.ChangeRoomAsync(key, body.Room, change));
        return WebAnswer.Of(Show(WebRequest.Expect(await request.Session.FindRoomAsync(key, body.Room))), 201);
    }

    private static async Task<WebAnswer> ListAsync(WebRequest request)
    {
        var (limit, after) = (request.Limit(), request.Query("after"));
        if (after is not null && !RoomName.IsValid(after)) throw RequestException.Bad("'after' is what the answer before calls 'next'.");
        // One more tells whether more follow.
        var found = WebRequest.Expect(
            await request.Session.ListRoomsAsync(request.SessionKey, request.Flag("mine"), limit + 1, after ?? ""));
        RoomBody[] shown = [.. found.Take(limit).Select(Show)];
        return WebAnswer.Of(new RoomsBody(shown, found.Length > limit ? shown[^1].Room : null));
    }

    private static async Task<WebAnswer> ReadAsync(WebRequest request) => WebAnswer.Of(Show(
        WebRequest.Expect(await request.Session.FindRoomAsync(request.SessionKey, request.PathRoom()))));

    private static async Task<WebAnswer> ChangeAsync(WebRequest request)
    {
        var (key, room) = (request.SessionKey, request.PathRoom());
        var body = await request.ReadBodyAsync<RoomChangeBody>();
        var change = request.Session.NewChange(RoomAction.Set) with
        {
            Title = body.Title,
            IsPublic = body.Kind is { } kind ? RoomWords.ReadKind(kind) : null,
            ShowsAll = body.History is { } history ? RoomWords.ReadHistory(history) : null,
        };
        WebRequest.Expect(await request.Session.ChangeRoomAsync(key, room, change));
        return WebAnswer.Of(Show(WebRequest.Expect(await request.Session.FindRoomAsync(key, room))));
    }

    private static async Task<WebAnswer> DeleteAsync(WebRequest request)
    {
        var (key, room) = (request.SessionKey, request.PathRoom());
        WebRequest.Expect(await request.Session.ChangeRoomAsync(key, room, request.Session.NewChange(RoomAction.Delete)));
        return WebAnswer.Done;
    }

    private static RoomBody Show(RoomInfo room) => new(
        room.Name, room.Title, RoomWords.ShowKind(room.IsPublic), RoomWords.ShowHistory(room.ShowsAll), room.Members,
        room.Mine is { } mine ? RoomWords.Show(mine.Role) : null, room.Mine is { LogId: var log } ? Formats.ShowLog(log) : null,
        room.Mine is null ? null : room.Epoch, room.Mine?.Joined, room.Mine?.Received, room.Mine?.Last);
}
