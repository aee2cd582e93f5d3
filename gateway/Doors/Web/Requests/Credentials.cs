using System.Net;
using Microsoft.AspNetCore.Http;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Options;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>
/// Reads the token of a request: from its header, or, of a page, from its cookie. A browser sends its cookie with every request, also
/// with one that the page of another site has made it send: so one with a cookie, or for one, must come from a page that the operator
/// has named.
/// </summary>
internal sealed class Credentials(WebOptions options)
{
    private const string Scheme = "Bearer ";
    private const string SecureCookie = "__Host-orleanschat", LoopbackCookie = "orleanschat";
    private const string Attributes = "; HttpOnly; SameSite=Strict; Path=/";

    private readonly string[] _origins = options.OriginList;

    // A cookie without the prefix could be planted by a neighbour of the same domain: it counts on plain loopback alone, and not where
    // a page has another name, since a proxy may ask under a loopback name.
    private readonly bool _acceptsPlain = options.OriginList.All(IsPlainLoopback);

    /// <summary>Whether every name is served: the operator has said where pages come from.</summary>
    public bool ServesAll => _origins.Length > 0;

    /// <summary>Reads the token.</summary>
    /// <exception cref="RequestException">There is none, there are two, or a page of another site has made the browser send it.</exception>
    public string Read(HttpContext context)
    {
        var headers = context.Request.Headers.Authorization;
        if (headers.Count > 1) throw RequestException.Bad("The header Authorization comes more than once.");
        if (CookieOf(context, _acceptsPlain) is { } cookie)
        {
            if (headers.Count > 0) throw RequestException.Bad("Send the header Authorization or the cookie, not both.");
            RequireOwnPage(context);
            return cookie;
        }
        var header = headers.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new RequestException(ProblemCode.NoSession, "Send the header 'Authorization: Bearer TOKEN', with the token of a login.");
        return header[Scheme.Length..].Trim(' ');
    }

    /// <summary>Requires that a request which has or wants a cookie comes from a page that may use this service.</summary>
    /// <exception cref="RequestException">It does not.</exception>
    public void RequireOwnPage(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none"))
            throw new RequestException(ProblemCode.Forbidden, "A page of another site has made the browser send this request.");
        if (HttpMethods.IsGet(request.Method)) return;
        BodyLimits.RequireJson(request);
        var origin = request.Headers.Origin.ToString();
        var isNamed = ServesAll
            ? _origins.Contains(origin)
            : origin == $"{request.Scheme}://{request.Host}" && IsLoopback(request.Host.Host);
        if (!isNamed)
        {
            throw new RequestException(
                ProblemCode.Forbidden,
                "With a cookie a request needs an Origin of --web-origins; without that setting, that of a loopback name.");
        }
    }

    /// <summary>Gives a page its token, which its scripts cannot read.</summary>
    public void Give(HttpContext context, string token) => context.Response.Headers.SetCookie = IsSecure(context) || !_acceptsPlain
        ? $"{SecureCookie}={token}; Secure{Attributes}"
        : $"{LoopbackCookie}={token}{Attributes}";

    /// <summary>Takes the cookie from a page whose session has ended.</summary>
    public static void Take(HttpContext context)
    {
        if (CookieOf(context, acceptsPlain: true) is null) return;
        context.Response.Headers.SetCookie = ValueOf(context, SecureCookie) is not null
            ? $"{SecureCookie}=; Max-Age=0; Secure{Attributes}"
            : $"{LoopbackCookie}=; Max-Age=0{Attributes}";
    }

    /// <summary>Whether a browser has sent a cookie of this service, good or not.</summary>
    public static bool HasCookie(HttpContext context) =>
        ValueOf(context, SecureCookie) is not null || ValueOf(context, LoopbackCookie) is not null;

    /// <summary>Whether a name leads to this machine alone.</summary>
    public static bool IsLoopback(string name) =>
        name.Length == 0 || name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsPlainLoopback(string origin) =>
        new Uri(origin) is { Scheme: "http", Host: var host } && IsLoopback(host);

    private static string? CookieOf(HttpContext context, bool acceptsPlain) =>
        ValueOf(context, SecureCookie)
        ?? (acceptsPlain && !context.Request.IsHttps && IsLoopback(context.Request.Host.Host) ? ValueOf(context, LoopbackCookie) : null);

    // The framework takes '__HOST-' for the prefix too, in which case not every browser keeps neighbours from planting the cookie.
    private static string? ValueOf(HttpContext context, string name)
    {
        foreach (var header in context.Request.Headers.Cookie)
            foreach (var pair in (header ?? "").Split(';', StringSplitOptions.TrimEntries))
                if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal))
                    return pair[(name.Length + 1)..];
        return null;
    }

    // A proxy may have ended TLS: the origin, which was checked, tells how the page was loaded.
    private static bool IsSecure(HttpContext context) => context.Request.IsHttps
        || context.Request.Headers.Origin.ToString().StartsWith("https://", StringComparison.Ordinal)
        || !IsLoopback(context.Request.Host.Host);
}
