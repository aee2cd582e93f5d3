using System.Globalization;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Changes and removes the account of the session, and finds other users.</summary>
internal static class AccountRequests
{
    private const int LeastLetters = 2, MostLetters = 64, MostUsers = 20;

    public static readonly WebRoute[] Routes =
    [
        new("PATCH", "/v1/account", "Sets the display name.", RenameAsync)
        {
            Body = typeof(RenameBody), Returns = typeof(AccountBody),
        },
        new("PUT", "/v1/account/password", "Sets a new password, which ends all other sessions.", ChangePasswordAsync)
        {
            Body = typeof(PasswordBody), Success = [204], Errors = [ProblemCode.WrongPassword],
        },
        new("DELETE", "/v1/account", "Removes the account for good.", RemoveAsync)
        {
            Body = typeof(RemoveAccountBody), Success = [204], Errors = [ProblemCode.WrongPassword],
        },
        new("GET", "/v1/users", "Users whose user name or display name begins so.", FindAsync)
        {
            Query = ["query", "limit"], Returns = typeof(UsersBody),
        },
    ];

    private static async Task<WebAnswer> RenameAsync(WebRequest request)
    {
        var key = request.SessionKey;
        var body = await request.ReadBodyAsync<RenameBody>();
        WebRequest.Expect(await request.Session.RenameAsync(key, body.Name));
        return await SessionRequests.ReadAccountAsync(request);
    }

    private static async Task<WebAnswer> ChangePasswordAsync(WebRequest request)
    {
        var key = request.SessionKey;
        var body = await request.ReadBodyAsync<PasswordBody>();
        WebRequest.Expect(await request.Session.ChangePasswordAsync(key, new Secret(body.Old), new Secret(body.New)));
        return WebAnswer.Done;
    }

    private static async Task<WebAnswer> RemoveAsync(WebRequest request)
    {
        var key = request.SessionKey;
        var body = await request.ReadBodyAsync<RemoveAccountBody>();
        WebRequest.Expect(await request.Session.RemoveAccountAsync(key, new Secret(body.Password)));
        request.TakeCookie();
        return WebAnswer.Done;
    }

    private static async Task<WebAnswer> FindAsync(WebRequest request)
    {
        var query = request.Required("query");
        if (new StringInfo(query).LengthInTextElements is < LeastLetters or > MostLetters || query.Any(char.IsControl))
            throw RequestException.Bad($"'query' has {LeastLetters} to {MostLetters} letters, and no control characters.");
        var users = WebRequest.Expect(await request.Session.FindUsersAsync(request.SessionKey, query, request.Limit(MostUsers)));
        return WebAnswer.Of(new UsersBody(Array.ConvertAll(users, user => new UserBody(user.User, user.Name))));
    }
}
