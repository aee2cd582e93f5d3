using Microsoft.AspNetCore.Http;
using OrleansChat.Gateway.Doors.Web.Requests;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Doors.Web;

/// <summary>
/// Charges requests to their address, in lines, as the text protocol charges lines: one for a request, and one for each 4 KiB of it and of
/// its answer. Reads cost more, where they are carried out. Requests over budget wait; none is refused for it.
/// </summary>
internal sealed class Price(GatewayServices services)
{
    private const double LinesPerRequest = 1, BytesPerLine = 4096;

    /// <summary>However deep an address is in debt, a request is looked at after this time: nothing waits for what cannot come.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>Charges a request, and waits until its address has paid.</summary>
    public async ValueTask PayAsync(WebConnection connection, HttpContext context)
    {
        if (Charge(connection, LinesPerRequest) is not { Ticks: > 0 } wait) return;
        services.Metrics.Hit(LimitNames.Pace, connection.Client.AddressName);
        await Task.Delay(wait < LongestWait ? wait : LongestWait, services.Time, context.RequestAborted);
    }

    /// <summary>Charges bytes that have arrived, or are about to be sent; never those that somebody only declares.</summary>
    public void ChargeBytes(WebConnection connection, long bytes) => Charge(connection, bytes / BytesPerLine);

    private TimeSpan Charge(WebConnection connection, double lines)
    {
        var wait = connection.Client.Address.Charge(lines);
        if (connection.Session.HasSession) return wait;
        var all = services.Strangers.Charge(lines);
        return all > wait ? all : wait;
    }
}
