using System.Net;
using Microsoft.AspNetCore.Http;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Options;

namespace OrleansChat.Gateway.Doors.Web;

/// <summary>
/// The names under which this door serves. While the operator has named no origins, it serves loopback names alone: a page of another site
/// whose name leads to this machine would otherwise be taken for one of it.
/// </summary>
internal sealed class ServedNames(WebOptions options)
{
    private readonly bool _servesAll = options.OriginList.Length > 0;

    /// <summary>Checks the name by which a client has addressed this door.</summary>
    /// <exception cref="RequestException">This door does not serve it.</exception>
    public void Check(HttpRequest request)
    {
        if (_servesAll || IsLoopback(request.Host.Host)) return;
        throw new RequestException(
            ProblemCode.Forbidden, "This name is not served: --web-origins names the origins of pages. Without it, use localhost.");
    }

    private static bool IsLoopback(string name) =>
        name.Length == 0 || name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
