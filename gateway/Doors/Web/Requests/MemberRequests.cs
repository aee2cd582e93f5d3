using System.Globalization;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Who is in a room: lists members, adds and removes them, joins and leaves, gives roles.</summary>
internal static class MemberRequests
{
    private const string Member = "/v1/rooms/{room}/members/{user}";

    public static readonly WebRoute[] Routes =
    [
        new("GET", "/v1/rooms/{room}/members", "The members of a room, to one of them.", ListAsync)
        {
            Query = ["limit", "after"], Returns = typeof(MembersBody), Errors = [ProblemCode.NotFound],
        },
        new("PUT", Member, "Has a user be a member, with a role; of oneself, joins.", PutAsync)
        {
            Body = typeof(RoleBody), MayLackBody = true, Returns = typeof(PositionBody),
            Errors = [ProblemCode.Forbidden, ProblemCode.NotFound],
        },
        new("DELETE", Member, "Removes a member; of oneself, leaves.", DeleteAsync)
        {
            Returns = typeof(PositionBody), Errors = [ProblemCode.Forbidden, ProblemCode.NotFound],
        },
    ];

    private static async Task<WebAnswer> ListAsync(WebRequest request)
    {
        var (key, room, limit) = (request.SessionKey, request.PathRoom(), request.Limit());
        var after = request.Query("after") is { } text ? WebRequest.ReadNumber(text, "after") : 0;
        // One more tells whether more follow.
        var found = WebRequest.Expect(await request.Session.ListMembersAsync(key, room, limit + 1, after));
        MemberBody[] shown =
            [.. found.Take(limit).Select(member => new MemberBody(member.Name, member.DisplayName, RoomWords.Show(member.Role)))];
        return WebAnswer.Of(new MembersBody(
            shown, found.Length > limit ? found[limit - 1].AccountId.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<WebAnswer> PutAsync(WebRequest request)
    {
        var (key, room, user) = (request.SessionKey, request.PathRoom(), request.PathUser());
        var role = (await request.ReadBodyIfAnyAsync<RoleBody>())?.Role is { } text ? RoomWords.ReadRole(text) : (MemberRole?)null;
        return Show(WebRequest.Expect(await request.Session.PutMemberAsync(key, room, user, role)));
    }

    // Of oneself, to be removed is to leave.
    private static async Task<WebAnswer> DeleteAsync(WebRequest request)
    {
        var (key, room, user) = (request.SessionKey, request.PathRoom(), request.PathUser());
        var change = request.Session.NewChange(RoomAction.Remove) with { User = user };
        return Show(WebRequest.Expect(await request.Session.ChangeRoomAsync(key, room, change)));
    }

    private static WebAnswer Show(RoomChangeReply done) =>
        WebAnswer.Of(new PositionBody(Formats.ShowLog(done.LogId), done.Number));
}
