using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Makes accounts, invites others to and into rooms, and lets those in again who have lost their passwords.</summary>
internal static class RegistrationRequests
{
    public static readonly WebRoute[] Routes =
    [
        new("POST", "/v1/accounts", "Makes an account, where the operator lets, and logs in.", RegisterAsync)
        {
            Body = typeof(RegisterBody), Returns = typeof(SessionBody), Success = [201], NeedsSession = false,
            Errors = [ProblemCode.Forbidden, ProblemCode.Exists],
        },
        new("POST", "/v1/account/reset", "Sets a new password with the code that an operator made.", ResetAsync)
        {
            Body = typeof(ResetBody), Success = [204], NeedsSession = false, Errors = [ProblemCode.WrongPassword, ProblemCode.Forbidden],
        },
        new("POST", "/v1/invitations", "Invites others to register, or into a room.", InviteAsync)
        {
            Body = typeof(InviteBody), Returns = typeof(InvitationBody), Success = [201],
            Errors = [ProblemCode.Forbidden, ProblemCode.NotFound],
        },
        new("POST", "/v1/invitations/redeem", "Joins the room that an invitation is into.", RedeemAsync)
        {
            Body = typeof(RedeemBody), Returns = typeof(RedeemedBody), Errors = [ProblemCode.Forbidden],
        },
    ];

    private static async Task<WebAnswer> RegisterAsync(WebRequest request)
    {
        var body = await request.ReadBodyAsync<RegisterBody>();
        var device = SessionRequests.CheckDevice(body.Device);
        if (body.Cookie || request.HasCookie) request.RequireOwnPage();
        var token = WebRequest.Expect(await request.Session.RegisterAsync(
            body.User, body.Name, new Secret(body.Password), body.Invitation, device));
        return await SessionRequests.OpenedAsync(request, token, body.Cookie);
    }

    private static async Task<WebAnswer> ResetAsync(WebRequest request)
    {
        var body = await request.ReadBodyAsync<ResetBody>();
        if (request.HasCookie) request.RequireOwnPage();
        WebRequest.Expect(await request.Session.ResetPasswordAsync(body.User, body.Code, new Secret(body.New)));
        return WebAnswer.Done;
    }

    private static async Task<WebAnswer> InviteAsync(WebRequest request)
    {
        var key = request.SessionKey;
        var body = await request.ReadBodyAsync<InviteBody>();
        var expires = body.Expires is { } text ? Formats.ReadTime(text, "expires") : (DateTimeOffset?)null;
        var made = WebRequest.Expect(await request.Session.InviteAsync(key, body.Uses, expires, body.Room));
        return WebAnswer.Of(new InvitationBody(made.Code, made.Uses, StoredText.Show(made.ExpiresAt), body.Room), 201);
    }

    private static async Task<WebAnswer> RedeemAsync(WebRequest request)
    {
        var key = request.SessionKey;
        var body = await request.ReadBodyAsync<RedeemBody>();
        var redeemed = WebRequest.Expect(await request.Session.RedeemAsync(key, body.Invitation));
        return WebAnswer.Of(new RedeemedBody(redeemed.Room, Formats.ShowLog(redeemed.LogId), redeemed.Number));
    }
}
