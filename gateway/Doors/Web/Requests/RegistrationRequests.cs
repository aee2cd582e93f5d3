using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Makes accounts, invites others to, and lets those in again who have lost their passwords.</summary>
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
        new("POST", "/v1/invitations", "Invites others to register.", InviteAsync)
        {
            Body = typeof(InviteBody), Returns = typeof(InvitationBody), Success = [201], Errors = [ProblemCode.Forbidden],
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
        if (body.Room is not null) throw RequestException.Bad("There are no invitations to rooms yet: leave 'room' out.");
        var made = WebRequest.Expect(await request.Session.InviteAsync(key, body.Uses, body.Expires));
        return WebAnswer.Of(new InvitationBody(made.Code, made.Uses, StoredText.Show(made.ExpiresAt)), 201);
    }
}
