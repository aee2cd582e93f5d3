using Microsoft.AspNetCore.Http;
using OrleansChat.Gateway.Doors.Web.Wire;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Reads the token of a request.</summary>
internal static class Credentials
{
    private const string Scheme = "Bearer ";

    /// <summary>Reads the token.</summary>
    /// <exception cref="RequestException">There is none, or more than one.</exception>
    public static string Read(HttpRequest request)
    {
        var headers = request.Headers.Authorization;
        if (headers.Count > 1) throw RequestException.Bad("The header Authorization comes more than once.");
        var header = headers.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new RequestException(ProblemCode.NoSession, "Send the header 'Authorization: Bearer TOKEN', with the token of a login.");
        return header[Scheme.Length..].Trim(' ');
    }
}
