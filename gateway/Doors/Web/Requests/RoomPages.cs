using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Pages of rooms. A place in one is a number of its log, which cursors name beside the room.</summary>
internal static class RoomPages
{
    /// <summary>Answers with a page of a room.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="key">The session that asks.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="limit">At most this many entries.</param>
    /// <param name="side">Which query parameter says where the page lies; null for the newest page.</param>
    public static async Task<WebAnswer> ReadAsync(WebRequest request, string? key, string room, int limit, string? side)
    {
        var outcome = side switch
        {
            null => await request.Session.ReadRoomPageAsync(key, new RoomPageRequest(room, PageKind.Newest, 0, "", limit)),
            "around" => await ReadAroundAsync(request, key, room, limit),
            _ => await ReadSideAsync(request, key, room, limit, side),
        };
        var (epoch, log, entries, older, newer) = WebRequest.Expect(outcome);
        return WebAnswer.Of(new PageBody(
            Array.ConvertAll(entries, entry => Entries.Of(entry, RoomName.ToRecipient(room))), Cursor.Show(older, log, epoch, room),
            Cursor.Show(newer, log, epoch, room)));
    }

    private static Task<Outcome<RoomPage>> ReadAroundAsync(WebRequest request, string? key, string room, int limit)
    {
        var (log, number) = request.Around();
        return request.Session.ReadRoomPageAsync(key, new RoomPageRequest(room, PageKind.Around, number, request.Epoch(), limit), log);
    }

    private static Task<Outcome<RoomPage>> ReadSideAsync(WebRequest request, string? key, string room, int limit, string side)
    {
        var (number, log, epoch) = Cursor.ReadRoom(request.Query(side)!, room);
        var kind = side == "before" ? PageKind.Before : PageKind.After;
        return request.Session.ReadRoomPageAsync(key, new RoomPageRequest(room, kind, number, epoch, limit), log);
    }
}
