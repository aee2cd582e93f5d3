using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Doors.Line;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Transport;

namespace OrleansChat.Gateway;

/// <summary>Logs when and where clients can connect.</summary>
public static partial class ListeningLog
{
    /// <summary>Logs the addresses as soon as they are open, and <paramref name="what"/>, the kind of the program.</summary>
    public static void LogListening(this WebApplication app, string what) =>
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var logger = app.Services.GetRequiredService<ILogger<LineConnectionHandler>>();
            if (OperatingSystem.IsLinux() && !TcpInfo.IsSupported) LogNoProgress(logger);
            LogListens(logger, what, string.Join(" and ", Describe(app)));
        });

    // The server's addresses are in the order in which they were added: those of HTTP are the last.
    private static IEnumerable<string> Describe(WebApplication app)
    {
        var urls = app.Urls.Select(url => new Uri(url)).ToList();
        var ofHttp = urls.Count - app.Services.GetRequiredService<WebOptions>().EndPoints.Count();
        return urls.Select((url, index) => (url.Scheme == Uri.UriSchemeHttps, index >= ofHttp) switch
        {
            (true, true) => $"{url.Authority} (HTTPS)",
            (true, false) => $"{url.Authority} (TLS)",
            (false, true) => $"{url.Authority} (HTTP)",
            (false, false) => url.Authority,
        });
    }

    [LoggerMessage(2002, LogLevel.Warning,
        "This kernel, or a sandbox in its place, does not tell how far TCP connections have got (TCP_INFO, Linux 4.19): "
        + "a line that was still on its way when an 'inbox' was answered counts as its receipt.")]
    private static partial void LogNoProgress(ILogger logger);

    [LoggerMessage(2001, LogLevel.Information, "OrleansChat ({What}) listens on {Addresses}.")]
    private static partial void LogListens(ILogger logger, string what, string addresses);
}
